import type { TensorRecord } from '@sandglass/core'
import { engine, Tensor, tidy } from '@tensorflow/tfjs-core'

export interface HiddenStateOptions {
  /** Changes, between the two calls, what a training could change: a variable that the function might read. */
  readonly change?: () => void
}

/**
 * Checks that maths is a function of its inputs alone: a compiled step records it once, and whatever else it reads is
 * frozen then. `f` is called twice, on inputs of the same names and shapes whose values may differ (other values of
 * controls, say); in between the clock, `Math.random` and what `change` changes are other ones. Both calls must do the
 * same operations with the same constants. Throws an `Error` that names the first that differs.
 *
 * Needs a backend that reads synchronously. Returns the names of the inputs that were read.
 *
 * @example
 * let beta = 0 // belongs into the model's controls
 * const loss = ({ kl }: TensorRecord) => mul(kl!, beta)
 * expectNoHiddenState(loss, [{ kl: scalar(1) }, { kl: scalar(2) }], { change: () => { beta = 0.5 } })
 * // Error: hidden state: operation 0, Multiply, was given 0 in the first call and 0.5 in the second
 */
export function expectNoHiddenState(
  f: (inputs: TensorRecord) => unknown,
  [first, second]: readonly [TensorRecord, TensorRecord],
  { change }: HiddenStateOptions = {},
): ReadonlySet<string> {
  const before = record(f, first)
  change?.()
  const after = elsewhen(() => record(f, second))
  for (let i = 0; i < Math.max(before.operations.length, after.operations.length); i++) {
    const [a, b] = [before.operations[i], after.operations[i]]
    if (a?.text !== b?.text) throw new Error(`hidden state: ${difference(i, a, b)}`)
  }
  return before.read
}

interface Operation {
  readonly kernel: string
  readonly attributes: string
  /** Each an input's name, the number of an earlier result, or the values of a constant. */
  readonly operands: readonly string[]
  readonly text: string
}

interface Recording {
  readonly operations: readonly Operation[]
  readonly read: ReadonlySet<string>
}

/** Calls `f` and notes every kernel that it runs. */
function record(f: (inputs: TensorRecord) => unknown, inputs: TensorRecord): Recording {
  const names = new Map<number, string>(Object.entries(inputs).map(([name, { id }]) => [id, name]))
  const operations: Operation[] = []
  const read = new Set<string>()
  const target = engine()
  const original = target.runKernel
  target.runKernel = ((kernel: string, given: Record<string, unknown>, attributes?: object) => {
    const operands = Object.values(given)
      .flat()
      .filter((operand) => operand instanceof Tensor)
      .map((operand) => names.get(operand.id) ?? contents(operand))
    const shown = show(attributes)
    const result = original.call(target, kernel, given as never, attributes as never) as Tensor | Tensor[]
    if (kernel === 'Identity') {
      names.set((result as Tensor).id, operands[0]!)
      return result
    }
    for (const name of operands) if (Object.hasOwn(inputs, name)) read.add(name)
    for (const [i, { id }] of [result].flat().entries())
      names.set(id, `result ${operations.length}${i ? `.${i}` : ''}`)
    operations.push({
      kernel,
      attributes: shown,
      operands,
      text: `${kernel}(${operands.join(', ')}) ${shown}`,
    })
    return result
  }) as typeof original
  try {
    tidy(() => void f(inputs))
  } finally {
    // The method itself is on the prototype.
    delete (target as Partial<typeof target>).runKernel
  }
  return { operations, read }
}

function contents(constant: Tensor): string {
  const values = Array.from(constant.dataSync())
  return constant.size === 1 ? String(values[0]) : `[${constant.shape}] of ${values.join(' ')}`
}

function show(attributes: object | undefined): string {
  return JSON.stringify(attributes ?? {}, (_, value) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value,
  )
}

function difference(index: number, a: Operation | undefined, b: Operation | undefined): string {
  if (!a || !b) {
    const more = (a ?? b)!.kernel
    return `the ${a ? 'first' : 'second'} call does more, from operation ${index}, ${more}, on`
  }
  if (a.kernel !== b.kernel)
    return `operation ${index} is ${a.kernel} in the first call and ${b.kernel} in the second`
  const at = a.operands.findIndex((operand, i) => operand !== b.operands[i])
  const [one, other] = at < 0 ? [a.attributes, b.attributes] : [a.operands[at]!, b.operands[at]!]
  const brief = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text)
  return `operation ${index}, ${a.kernel}, was given ${brief(one)} in the first call and ${brief(other)} in the second`
}

/** Calls `f` a day later, with other random numbers. */
function elsewhen<T>(f: () => T): T {
  const { Date: RealDate } = globalThis
  const { random } = Math
  const clock = performance.now
  const later = 86_400_000
  class LaterDate extends RealDate {
    static override now() {
      return RealDate.now() + later
    }
    constructor(...given: []) {
      super(...(given.length ? given : ([RealDate.now() + later] as unknown as [])))
    }
  }
  globalThis.Date = LaterDate as DateConstructor
  Math.random = () => (random() + 0.5) % 1
  performance.now = () => clock.call(performance) + later
  try {
    return f()
  } finally {
    globalThis.Date = RealDate
    Math.random = random
    performance.now = clock
  }
}
