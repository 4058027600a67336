import {
  type AnyDataset,
  type FunctionInputs,
  type HostRecord,
  type HostTensor,
  type Model,
  type ModelFunction,
  type RunOptions,
  type Samples,
  SandglassError,
  type Session,
  sameShape,
  showShape,
} from '@sandglass/core'
import { createYielder } from '../fit/yield-to-events'
import { inputsOf } from './dataset-inputs'
import { isDataset, sourceOf } from './samples'

/** A function of the model. Throws `SandglassError` (`spec`) when it has none of this name. */
export function functionNamed({ functions }: Model, name: string): ModelFunction {
  if (Object.hasOwn(functions, name)) return functions[name]!
  throw new SandglassError('spec', `the model has no function "${name}"`, {
    expected: Object.keys(functions).join(', ') || 'none',
  })
}

/** Runs a function on a session, a batch at a time, and joins what comes out. `draw` says which random numbers. */
export async function runFunction(
  model: Model,
  session: Session,
  name: string,
  inputs: FunctionInputs,
  { batchSize = 256, size: asked, seed, draw, controls }: RunOptions,
): Promise<HostRecord> {
  checkCount('batchSize', batchSize)
  const takesNone = !Object.keys(functionNamed(model, name).inputs).length
  const given =
    isDataset(inputs) && !takesNone
      ? givenByDataset(model, name, inputs, { batchSize, asked })
      : givenSamples(model, name, isDataset(inputs) ? {} : inputs, { batchSize, asked })
  const parts: HostRecord[] = []
  const yieldToEvents = createYielder()
  let first = 0
  for await (const { size, fed } of given) {
    const made = Object.keys(fed).length ? {} : { size }
    parts.push(await session.run(name, fed, { ...made, seed, draw, first, controls }))
    first += size
    await yieldToEvents()
  }
  return Object.fromEntries(
    Object.keys(parts[0]!).map((output) => [output, joined(parts.map((part) => part[output]!))]),
  )
}

/** Inputs of a function for some samples. */
interface Fed {
  readonly size: number
  readonly fed: HostRecord
}

function* givenSamples(
  model: Model,
  name: string,
  given: Readonly<Record<string, Samples>>,
  { batchSize, asked }: { batchSize: number; asked: number | undefined },
): Generator<Fed> {
  const { inputs } = functionNamed(model, name)
  checkInputs(name, Object.keys(given), Object.keys(inputs))
  const sources = Object.entries(inputs).map(
    ([input, shape]) => [input, sourceOf(given[input]!, shape, `the input "${input}" of "${name}"`)] as const,
  )
  const sizes = new Set(sources.map(([, { size }]) => size))
  if (sizes.size > 1)
    throw new SandglassError('shape', `the inputs of "${name}" differ in size`, {
      got: `${[...sizes].join(' and ')} samples`,
      expected: 'as many samples in each',
    })
  const [own] = sizes
  if (own !== undefined && asked !== undefined) throw needsNoSize(name, asked, own)
  if (asked !== undefined) checkCount('size', asked)
  const size = own ?? asked ?? 1
  for (let start = 0; start < size; start += batchSize) {
    const end = Math.min(start + batchSize, size)
    const fed = sources.map(([input, source]) => [input, source.take(start, end)])
    yield { size: end - start, fed: Object.fromEntries(fed) }
  }
}

async function* givenByDataset(
  model: Model,
  name: string,
  data: AnyDataset,
  { batchSize, asked }: { batchSize: number; asked: number | undefined },
): AsyncGenerator<Fed> {
  if (asked !== undefined) throw needsNoSize(name, asked, data.size)
  const { inputs } = functionNamed(model, name)
  const names = Object.keys(inputs)
  checkInputs(
    name,
    names.filter((input) => Object.hasOwn(data.fields, input)),
    names,
  )
  for (const [input, shape] of Object.entries(inputs)) {
    const found = data.fields[input]!.shape
    if (!sameShape(found, shape))
      throw new SandglassError('shape', `the input "${input}" of "${name}" does not fit the model`, {
        got: `samples of shape ${showShape(found)} in the data "${data.name}"`,
        expected: `samples of shape ${showShape(shape)}`,
      })
  }
  for await (const fed of inputsOf(data, { inputs, batchSize }))
    yield { size: fed[names[0]!]!.shape[0]!, fed }
}

function checkInputs(name: string, given: readonly string[], declared: readonly string[]): void {
  if (given.every((input) => declared.includes(input)) && declared.every((input) => given.includes(input)))
    return
  throw new SandglassError('spec', `the inputs of "${name}" are not those of the model`, {
    got: given.join(', ') || 'none',
    expected: declared.join(', ') || 'none: say how many samples to make with { size }',
  })
}

function needsNoSize(name: string, asked: number, size: number | undefined): SandglassError {
  return new SandglassError('spec', `"${name}" makes as many samples as it is given`, {
    got: `size ${asked} and inputs of ${size ?? 'a stream of'} samples`,
    advice: 'Leave size out: it is for functions without inputs.',
  })
}

/** Throws `SandglassError` (`spec`) unless `value` counts something. */
export function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new SandglassError('spec', `${name} is not usable`, {
      got: String(value),
      expected: 'a whole number from 1 up',
    })
}

function joined(parts: readonly HostTensor[]): HostTensor {
  if (parts.length === 1) return parts[0]!
  const size = parts.reduce((sum, { shape }) => sum + shape[0]!, 0)
  const total = parts.reduce((sum, { data }) => sum + data.length, 0)
  const { data: first, shape } = parts[0]!
  const data = new (first.constructor as Float32ArrayConstructor)(total)
  let at = 0
  for (const part of parts) {
    data.set(part.data, at)
    at += part.data.length
  }
  return { shape: [size, ...shape.slice(1)], data }
}
