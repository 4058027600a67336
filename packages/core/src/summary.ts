import type { Model } from './model'
import { type Shape, showShape, sizeOf } from './shape'
import type { WeightDeclaration } from './weight'

export interface SummaryRow {
  /** `encoder/1`, or the name of a weight that belongs to no layer. */
  readonly path: string
  /** Type of the layer's spec. */
  readonly type: string
  /** Without the batch. */
  readonly outputShape: Shape
  /** Numbers in the weights that it owns; weights shared with another layer count there. */
  readonly parameters: number
  /** Full names of other layers' weights that it uses. */
  readonly tiedTo?: readonly string[]
}

/** A model's parameter table. */
export interface Summary {
  readonly rows: readonly SummaryRow[]
  /** All numbers in all weights, each weight counted once: the sum of the three below. */
  readonly parameters: number
  readonly trainable: number
  /** Of layers with `trainable: false`. */
  readonly frozen: number
  /** Moving averages and other state that steps update without gradients. */
  readonly state: number
}

/** Counts the parameters of a model, layer by layer. */
export function summary(model: Model): Summary {
  const owned = new Set<string>()
  const rows = model.layers.map((layer): SummaryRow => {
    const { path, type = '', outputShape } = layer
    const tiedTo: string[] = []
    let parameters = 0
    for (const [name, weight] of Object.entries(layer.weights))
      if ('sharedWith' in weight) tiedTo.push(weight.sharedWith)
      else {
        owned.add(`${path}/${name}`)
        parameters += sizeOf(weight.shape)
      }
    return { path, type, outputShape, parameters, ...(tiedTo.length && { tiedTo }) }
  })
  for (const [path, { shape }] of Object.entries(model.weights))
    if (!owned.has(path)) rows.push({ path, type: 'weight', outputShape: shape, parameters: sizeOf(shape) })
  const count = (counts: (weight: WeightDeclaration) => boolean) =>
    Object.values(model.weights).reduce((sum, weight) => sum + (counts(weight) ? sizeOf(weight.shape) : 0), 0)
  const isTrainable = ({ trainable }: WeightDeclaration) => trainable !== false
  return {
    rows,
    parameters: count(() => true),
    trainable: count(isTrainable),
    frozen: count((weight) => !isTrainable(weight) && weight.frozen === true),
    state: count((weight) => !isTrainable(weight) && weight.frozen !== true),
  }
}

/** The table as text, ending without a line break. */
export function formatSummary({ rows, parameters, trainable, frozen, state }: Summary): string {
  const tied = rows.some((row) => row.tiedTo)
  const cells = rows.map(({ path, type, outputShape, parameters: own, tiedTo = [] }) => [
    path,
    type,
    showShape(outputShape),
    group(own),
    ...(tied ? [tiedTo.join(', ')] : []),
  ])
  const table = [['Layer', 'Type', 'Output shape', 'Parameters', ...(tied ? ['Tied to'] : [])], ...cells]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  const lines = table.map((row) =>
    row
      .map((cell, i) => (i === 3 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  )
  const rule = '─'.repeat(Math.max(...lines.map((line) => line.length)))
  const parts = [
    `${group(trainable)} trainable`,
    ...(frozen ? [`${group(frozen)} frozen`] : []),
    ...(state ? [`${group(state)} state`] : []),
  ]
  return [
    lines[0],
    rule,
    ...lines.slice(1),
    rule,
    `${group(parameters)} parameters: ${parts.join(', ')}`,
  ].join('\n')
}

/** 78500 → 78,500 whatever the locale. */
function group(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',')
}
