import { type Activation, type Layer, type LayerResult, passesOn, type Spec } from '@sandglass/core'
import { type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import { type Checker, demand } from './checker'

const SWEEP = Array.from({ length: 641 }, (_, i) => (i - 320) / 16)
/** So many neighbouring inputs of the sweep are a range. */
const RANGE = 3

/** What an activation says of itself is so. */
export function checkActivationTraits({ apply, elementwise, identity, off }: Activation): void {
  tidy(() => {
    const row = (values: readonly number[], shape: [number, number]) =>
      Array.from(apply(tensor([...values], shape)).dataSync())
    if (elementwise) {
      const [together, alone] = [row(SWEEP, [1, SWEEP.length]), row(SWEEP, [SWEEP.length, 1])]
      demand(
        together.every((y, i) => Math.abs(y - alone[i]!) <= 1e-6 * Math.max(1, Math.abs(y))),
        'it says that it is elementwise, but a number depends on those beside it',
      )
    }
    if (identity)
      demand(row(SWEEP, [1, SWEEP.length]).join() === SWEEP.join(), 'it says that it is the identity')
    if (off) {
      const beside = SWEEP.flatMap((x) => [x, 0])
      const values = row(beside, [SWEEP.length, 2]).filter((_, i) => i % 2 === 0)
      const isOff = (y: number) => (off === 'zero' ? y === 0 : y > 0 && y < 1e-3)
      const run = values
        .map((_, i) => values.slice(i, i + RANGE))
        .find((ys) => ys.length === RANGE && ys.every(isOff))
      demand(
        run !== undefined,
        `it says that units are ${off} off, but no range of inputs in [−20, 20] makes them so`,
      )
    }
  })
}

/** What a layer says of itself is so. `again` builds it with other options; `run` applies it outside training. */
export function checkLayerTraits(
  { registry }: Checker,
  spec: Spec,
  layer: Layer,
  again: (spec: Spec) => Layer,
  input: Tensor,
  run: () => LayerResult,
): void {
  const { traits, inputShape, outputShape } = layer
  const option = (name: string) =>
    Object.entries(registry.parse('layer', spec)).find(([key]) => key === name)?.[1]
  if (traits.width !== undefined)
    demand(
      option(traits.width) === outputShape.at(-1),
      `it says that its option ${traits.width} is the last extent of its output, which is ${outputShape.at(-1)}`,
    )
  if (traits.lastOnly !== undefined && option(traits.lastOnly) !== undefined) {
    const all = again({ ...spec, [traits.lastOnly]: true }).outputShape
    demand(
      all.length === outputShape.length + 1 && all[0] === inputShape[0],
      `it says that ${traits.lastOnly}: true gives the output of every step, but that has the shape [${all.join(', ')}]`,
    )
  }
  if (traits.sequential || traits.lastOnly !== undefined)
    demand(inputShape.length > 1, 'it says that it reads sequences, but takes an input without steps')
  if (traits.activation)
    demand(
      registry.has('activation', traits.activation.type),
      'it says that it ends in an unknown activation',
    )
  if (traits.filters) {
    const { weight } = traits.filters
    const declared = layer.weights[weight]
    demand(
      declared !== undefined,
      `it says that the weight "${weight}" holds its filters, but has none of that name`,
    )
    if (!('sharedWith' in declared))
      demand([2, 4].includes(declared.shape.length), `its filters "${weight}" have neither two axes nor four`)
  }
  tidy(() => {
    const { output, mask } = run()
    const [before, after] = [input, output].map((t) => Array.from(t.dataSync()))
    const numbers = (values: readonly number[]) => [...values].sort((a, b) => a - b).join()
    if (traits.rearranges)
      demand(numbers(before!) === numbers(after!), 'it says that it only rearranges, but the elements differ')
    if (traits.noise)
      demand(
        before!.join() === after!.join(),
        'it says that it is noise, but outside training it changes its input',
      )
    if (passesOn(traits)) {
      const [low, high] = [Math.min(0, ...before!), Math.max(0, ...before!)]
      demand(
        after!.every((y) => y >= low - 1e-6 && y <= high + 1e-6),
        'it says that it passes its input on, but goes beyond it',
      )
    }
    if (traits.masks)
      demand(
        mask?.shape.join() === [input.shape[0], inputShape[0]].join(),
        'it says that it finds a mask, but gives none of shape [batch, time]',
      )
  })
}
