import { sizeOf } from '@sandglass/core'
import type { DType } from '../graph/graph'
import type { ElementArray, ElementType, Runtime, RuntimeTensor } from './runtime'
import { outOfMemory } from './runtime-errors'

/** An array that a runtime reads and writes in place. */
export interface Buffer<Data extends ElementArray = ElementArray> {
  readonly data: Data
  readonly tensor: RuntimeTensor
}

/** A zeroed array of float32 `[…shape]`. Throws `SandglassError` when there is no memory for it. */
export function allocate(runtime: Runtime, shape: readonly number[]): Buffer<Float32Array> {
  return allocateAs(runtime, shape, 'float32') as Buffer<Float32Array>
}

const ARRAYS = { float32: Float32Array, bool: Uint8Array, int32: Int32Array, int64: BigInt64Array }

/** The same for values of any type that leaves a graph. */
export function allocateAs({ Tensor }: Runtime, shape: readonly number[], dtype: DType): Buffer {
  const Data = ARRAYS[dtype]
  const size = sizeOf(shape)
  let data: ElementArray
  try {
    data = new Data(size)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw outOfMemory(
      `an array of shape [${shape.join(', ')}]`,
      size * Data.BYTES_PER_ELEMENT,
      undefined,
      error,
    )
  }
  return { data, tensor: new Tensor(dtype as ElementType, data, shape) }
}
