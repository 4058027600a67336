import { type Context, differentiate, type TensorRecord } from '@sandglass/core'
import { scalar, type Tensor } from '@tensorflow/tfjs-core'
import { expectNoHiddenState } from '../expect-no-hidden-state'
import { testRandom } from '../test-random'
import { demand, using } from './checker'
import type { ModelSubject } from './model-subject'

/**
 * Objectives and functions read nothing but what they are given: traced with two sets of weights, batches and controls,
 * at different times, they do the same operations. And every control that is declared is read by one of them.
 */
export function checkControls(subject: ModelSubject): void {
  const { checker, model } = subject
  checker.check('hidden state', () => {
    const read = new Set<string>()
    for (const objective of model.objectives) {
      const fields = subject.fieldsOf(objective)
      for (const training of [true, false])
        trace(subject, `the objective "${objective.name}"`, fields, read, (weights, batch, controls) => {
          const context: Context = { training, random: testRandom(3), controls }
          if (!training) return objective.loss(weights, batch, context)
          const trained = Object.fromEntries(objective.trains.map((name) => [name, weights[name]!]))
          return differentiate((w) => {
            const { total, updates } = objective.loss({ ...weights, ...w }, batch, context)
            return { value: total, extra: { ...updates } }
          }, trained)
        })
    }
    for (const [name, fn] of Object.entries(model.functions))
      trace(subject, `the function "${name}"`, subject.inputsOf(fn), read, (weights, inputs, controls) =>
        fn.apply(weights, inputs, { training: false, random: testRandom(3), controls }, subject.batch),
      )
    const idle = Object.keys(model.controls ?? {}).find((name) => !read.has(CONTROL + name))
    demand(idle === undefined, `the control "${idle}" is declared, and nothing reads it`)
  })
}

const WEIGHT = 'weight '
const FIELD = 'input '
const CONTROL = 'control '

type Scalars = NonNullable<Context['controls']>

/** Traces maths twice, and adds the names of what it reads to `read`. Errors say whose maths it is. */
function trace(
  { weights, weightsOf, restOf, controls, options: { change } }: ModelSubject,
  what: string,
  { names, make }: { readonly names: readonly string[]; make(seed: number): Tensor[] },
  read: Set<string>,
  f: (weights: TensorRecord, inputs: TensorRecord, controls: Scalars) => unknown,
): void {
  const tensors = (round: number) => [
    ...weights(),
    ...make(40 + 30 * round),
    ...Object.values(controls(round)).map((value) => scalar(value)),
  ]
  using(
    () => [...tensors(0), ...tensors(1)],
    (...both) => {
      const record = (xs: readonly Tensor[]): TensorRecord => {
        const own = weightsOf(xs)
        const inputs = restOf(xs, names)
        const values = Object.keys(controls()).map((name, i) => [
          CONTROL + name,
          xs[Object.keys(own).length + names.length + i]!,
        ])
        return { ...named(WEIGHT, own), ...named(FIELD, inputs), ...Object.fromEntries(values) }
      }
      const half = both.length / 2
      try {
        const found = expectNoHiddenState(
          (given) => f(under(WEIGHT, given), under(FIELD, given), under(CONTROL, given) as Scalars),
          [record(both.slice(0, half)), record(both.slice(half))],
          { change },
        )
        for (const name of found) read.add(name)
      } catch (error) {
        throw new Error(`in ${what}, ${(error as Error).message}`, { cause: error })
      }
    },
  )
}

function named(prefix: string, record: TensorRecord): TensorRecord {
  return Object.fromEntries(Object.entries(record).map(([name, tensor]) => [prefix + name, tensor]))
}

function under(prefix: string, record: TensorRecord): TensorRecord {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
    ),
  )
}
