import {
  type Dataset,
  type FunctionInputs,
  type HostRecord,
  type HostTensor,
  type Model,
  type ModelFunction,
  type RunOptions,
  range,
  type Samples,
  SandglassError,
  type Session,
  sameShape,
  showShape,
} from '@sandglass/core'
import { createYielder } from '../fit/yield-to-events'
import { inputsAt } from './dataset-inputs'
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
  const source = isDataset(inputs) ? datasetSource(model, name, inputs) : givenSource(model, name, inputs)
  const size = countSamples(name, source, asked)
  const parts: HostRecord[] = []
  const yieldToEvents = createYielder()
  for (let first = 0; first < size; first += batchSize) {
    const end = Math.min(first + batchSize, size)
    const made = source.size === undefined ? { size: end - first } : {}
    const request = { ...made, seed, draw, first, controls }
    parts.push(await session.run(name, await source.take(first, end), request))
    await yieldToEvents()
  }
  return Object.fromEntries(
    Object.keys(parts[0]!).map((output) => [output, joined(parts.map((part) => part[output]!))]),
  )
}

/** Inputs of a function for the samples of a run, some at a time. */
interface Source {
  /** Undefined when there are no inputs: any number of samples can be made. */
  readonly size?: number
  take(start: number, end: number): HostRecord | Promise<HostRecord>
}

function givenSource(model: Model, name: string, given: Readonly<Record<string, Samples>>): Source {
  const { inputs } = functionNamed(model, name)
  const entries = Object.entries(inputs)
  checkInputs(name, Object.keys(given), Object.keys(inputs))
  const sources = entries.map(
    ([input, shape]) => [input, sourceOf(given[input]!, shape, `the input "${input}" of "${name}"`)] as const,
  )
  const sizes = new Set(sources.map(([, { size }]) => size))
  if (sizes.size > 1)
    throw new SandglassError('shape', `the inputs of "${name}" differ in size`, {
      got: `${[...sizes].join(' and ')} samples`,
      expected: 'as many samples in each',
    })
  return {
    size: [...sizes][0],
    take: (start, end) =>
      Object.fromEntries(sources.map(([input, source]) => [input, source.take(start, end)])),
  }
}

function datasetSource(model: Model, name: string, dataset: Dataset): Source {
  const { inputs } = functionNamed(model, name)
  const names = Object.keys(inputs)
  checkInputs(
    name,
    names.filter((input) => Object.hasOwn(dataset.fields, input)),
    names,
  )
  for (const [input, shape] of Object.entries(inputs)) {
    const found = dataset.fields[input]!.shape
    if (!sameShape(found, shape))
      throw new SandglassError('shape', `the input "${input}" of "${name}" does not fit the model`, {
        got: `samples of shape ${showShape(found)} in the data "${dataset.name}"`,
        expected: `samples of shape ${showShape(shape)}`,
      })
  }
  if (!names.length) return { take: () => ({}) }
  return { size: dataset.size, take: (start, end) => inputsAt(dataset, range(start, end), { inputs }) }
}

function checkInputs(name: string, given: readonly string[], declared: readonly string[]): void {
  if (given.every((input) => declared.includes(input)) && declared.every((input) => given.includes(input)))
    return
  throw new SandglassError('spec', `the inputs of "${name}" are not those of the model`, {
    got: given.join(', ') || 'none',
    expected: declared.join(', ') || 'none: say how many samples to make with { size }',
  })
}

function countSamples(name: string, { size }: Source, asked: number | undefined): number {
  if (size !== undefined && asked !== undefined)
    throw new SandglassError('spec', `"${name}" makes as many samples as it is given`, {
      got: `size ${asked} and inputs of ${size} samples`,
      advice: 'Leave size out: it is for functions without inputs.',
    })
  if (asked !== undefined) checkCount('size', asked)
  return size ?? asked ?? 1
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
