import {
  type FunctionInputs,
  type HostRecord,
  type HostTensor,
  type Model,
  type ModelFunction,
  type RunOptions,
  SandglassError,
  type Session,
} from '@sandglass/core'
import { createYielder } from '../fit/yield-to-events'
import { fieldsOf, isDataset, type SampleSource, sourceOf } from './samples'

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
  { batchSize = 256, size: asked, seed, draw }: RunOptions,
): Promise<HostRecord> {
  checkCount('batchSize', batchSize)
  const { sources, size } = sourcesOf(model, name, inputs, asked)
  const parts: HostRecord[] = []
  const yieldToEvents = createYielder()
  for (let first = 0; first < size; first += batchSize) {
    const end = Math.min(first + batchSize, size)
    const taken = Object.entries(sources).map(([input, source]) => [input, source.take(first, end)])
    const made = taken.length ? {} : { size: end - first }
    parts.push(await session.run(name, Object.fromEntries(taken), { ...made, seed, draw, first }))
    await yieldToEvents()
  }
  return Object.fromEntries(
    Object.keys(parts[0]!).map((output) => [output, joined(parts.map((part) => part[output]!))]),
  )
}

function sourcesOf(model: Model, name: string, given: FunctionInputs, asked: number | undefined) {
  const declared = functionNamed(model, name).inputs
  const inputs = isDataset(given) ? fieldsOf(given, Object.keys(declared)) : given
  const unknown = Object.keys(inputs).find((input) => !Object.hasOwn(declared, input))
  const missing = Object.keys(declared).find((input) => !Object.hasOwn(inputs, input))
  if (unknown !== undefined || missing !== undefined)
    throw new SandglassError('spec', `the inputs of "${name}" are not those of the model`, {
      got: Object.keys(inputs).join(', ') || 'none',
      expected: Object.keys(declared).join(', ') || 'none: say how many samples to make with { size }',
    })
  const sources: Record<string, SampleSource> = {}
  for (const [input, shape] of Object.entries(declared))
    sources[input] = sourceOf(inputs[input]!, shape, `the input "${input}" of "${name}"`)
  const sizes = new Set(Object.values(sources).map(({ size }) => size))
  if (sizes.size > 1)
    throw new SandglassError('shape', `the inputs of "${name}" differ in size`, {
      got: `${[...sizes].join(' and ')} samples`,
      expected: 'as many samples in each',
    })
  if (sizes.size && asked !== undefined)
    throw new SandglassError('spec', `"${name}" makes as many samples as it is given`, {
      got: `size ${asked} and inputs of ${[...sizes][0]} samples`,
      advice: 'Leave size out: it is for functions without inputs.',
    })
  if (asked !== undefined) checkCount('size', asked)
  return { sources, size: [...sizes][0] ?? asked ?? 1 }
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
