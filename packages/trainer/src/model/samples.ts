import {
  type AnyDataset,
  type HostTensor,
  type NestedNumbers,
  type Samples,
  SandglassError,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  type TypedArray,
} from '@sandglass/core'

/** Tells a dataset or stream from other samples. */
export function isDataset(samples: object): samples is AnyDataset {
  return 'fields' in samples && (isFunction(samples, 'batch') || isFunction(samples, 'read'))
}

function isFunction(value: object, name: string): boolean {
  return typeof (value as Record<string, unknown>)[name] === 'function'
}

/** Samples that can be taken a few at a time. */
export interface SampleSource {
  readonly size: number
  /** `[end − start, …shape]` */
  take(start: number, end: number): HostTensor
}

/** Throws `SandglassError` (`shape` or `data`) unless `samples` are whole samples of `shape`; `what` names them. */
export function sourceOf(samples: Samples, shape: Shape, what: string): SampleSource {
  const data = flat(samples, shape, what)
  const width = sizeOf(shape)
  if (data.length % width !== 0 || data.length === 0)
    throw new SandglassError('shape', `${what} is not made of whole samples`, {
      got: `${data.length} numbers`,
      expected: `a multiple of ${width}, the size of one sample of shape ${showShape(shape)}`,
    })
  return {
    size: data.length / width,
    take: (start, end) => ({
      shape: [end - start, ...shape],
      data: Float32Array.from(data.subarray(start * width, end * width)),
    }),
  }
}

function flat(samples: Samples, shape: Shape, what: string): TypedArray {
  if (ArrayBuffer.isView(samples)) return samples
  if (isNested(samples)) return flatten(samples, shape, what)
  if (!sameShape(samples.shape.slice(1), shape) || sizeOf(samples.shape) !== samples.data.length)
    throw new SandglassError('shape', `${what} does not fit the model`, {
      got: `${samples.data.length} numbers of shape ${showShape(samples.shape)}`,
      expected: `samples of shape ${showShape(shape)}`,
    })
  return samples.data
}

function isNested(samples: HostTensor | NestedNumbers): samples is NestedNumbers {
  return Array.isArray(samples)
}

function flatten(nested: readonly unknown[], shape: Shape, what: string): Float32Array {
  const values = new Float32Array(nested.length * sizeOf(shape))
  let at = 0
  const write = (value: unknown, depth: number): void => {
    if (depth > shape.length) {
      if (typeof value !== 'number') throw misfit(`${typeof value} where a number should be`)
      values[at++] = value
    } else {
      const extent = depth === 0 ? nested.length : shape[depth - 1]!
      if (!Array.isArray(value)) throw misfit(`${typeof value} where ${extent} values should be`)
      if (value.length !== extent) throw misfit(`${value.length} values where ${extent} should be`)
      for (const child of value) write(child, depth + 1)
    }
  }
  const misfit = (got: string) =>
    new SandglassError('shape', `${what} does not fit the model`, {
      got,
      expected: `arrays nested as ${showShape(['samples' as never, ...shape])}`,
      advice: 'Put a single sample into an array of its own: [sample].',
    })
  write(nested, 0)
  return values
}
