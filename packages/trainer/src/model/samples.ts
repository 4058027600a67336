import {
  type Dataset,
  type Field,
  type HostTensor,
  type Samples,
  SandglassError,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
} from '@sandglass/core'

/** Tells a dataset from other samples. */
export function isDataset(samples: object): samples is Dataset {
  return 'fields' in samples && typeof (samples as Dataset).batch === 'function'
}

/** Those of the fields named that the dataset has. */
export function fieldsOf({ fields }: Dataset, names: readonly string[]): Record<string, Field> {
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, fields[name]!]),
  )
}

/** Samples that can be taken a few at a time. */
export interface SampleSource {
  readonly size: number
  /** `[end − start, …shape]` */
  take(start: number, end: number): HostTensor
}

/** Throws `SandglassError` (`shape` or `data`) unless `samples` are whole samples of `shape`; `what` names them. */
export function sourceOf(samples: Samples, shape: Shape, what: string): SampleSource {
  const { data, scale = 1, offset = 0 } = flat(samples, shape, what)
  const width = sizeOf(shape)
  if (data.length % width !== 0 || data.length === 0)
    throw new SandglassError('shape', `${what} is not made of whole samples`, {
      got: `${data.length} numbers`,
      expected: `a multiple of ${width}, the size of one sample of shape ${showShape(shape)}`,
    })
  return {
    size: data.length / width,
    take: (start, end) => {
      const values = Float32Array.from(data.subarray(start * width, end * width))
      if (scale !== 1 || offset !== 0)
        for (let i = 0; i < values.length; i++) values[i] = values[i]! * scale + offset
      return { shape: [end - start, ...shape], data: values }
    },
  }
}

type Flat = Pick<Field, 'data' | 'scale' | 'offset'>

function flat(samples: Samples, shape: Shape, what: string): Flat {
  if (ArrayBuffer.isView(samples)) return { data: samples as Float32Array }
  if (Array.isArray(samples)) return { data: flatten(samples, shape, what) }
  const tensor = samples as Field | HostTensor
  const isField = sameShape(tensor.shape, shape)
  if (!isField && !(sameShape(tensor.shape.slice(1), shape) && sizeOf(tensor.shape) === tensor.data.length))
    throw new SandglassError('shape', `${what} does not fit the model`, {
      got: `${tensor.data.length} numbers of shape ${showShape(tensor.shape)}`,
      expected: `samples of shape ${showShape(shape)}`,
    })
  return isField ? (tensor as Field) : { data: tensor.data }
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
