import {
  type HostRecord,
  type HostTensor,
  NEARLY_ZERO,
  SandglassError,
  type Shape,
  sameShape,
  showShape,
  type TensorRecord,
} from '@sandglass/core'
import { abs, clone, keep, less, type Tensor, tensor, where, zerosLike } from '@tensorflow/tfjs-core'

/** Float32 tensors with the same values. Call within `tidy`. */
export function toTensors(values: HostRecord): TensorRecord {
  return Object.fromEntries(
    Object.entries(values).map(([name, { shape, data }]) => [
      name,
      // A copy, because some backends work on the very array that they are given.
      tensor(Float32Array.from(data), [...shape], 'float32'),
    ]),
  )
}

/** Copies of tensors' values. The reads are started at once, with the current backend. */
export async function toHost(tensors: TensorRecord): Promise<HostRecord> {
  const entries = Object.entries(tensors).map(async ([name, tensor]): Promise<[string, HostTensor]> => {
    const shape = [...tensor.shape]
    // Backends on the host give the array that they work on.
    return [name, { shape, data: (await tensor.data()).slice() }]
  })
  return Object.fromEntries(await Promise.all(entries))
}

/**
 * What a step made of the tensors that are to be replaced, checked, and each safe to dispose on its own: a step may
 * give back a tensor that it was given, or one twice. Call within `tidy`.
 */
export function owned(
  made: TensorRecord,
  shapes: Readonly<Record<string, Shape>>,
  taken: Set<Tensor>,
  what: string,
): TensorRecord {
  return Object.fromEntries(
    Object.entries(made).map(([name, tensor]) => {
      const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined
      if (!shape)
        throw new SandglassError('spec', `the step made a ${what} that does not exist`, { got: `"${name}"` })
      if (!sameShape(tensor.shape, shape))
        throw new SandglassError('shape', `the step changed the shape of the ${what} "${name}"`, {
          got: showShape(tensor.shape),
          expected: showShape(shape),
        })
      return [name, unshared(tensor, taken)]
    }),
  )
}

/** The same with zeros where they are nearer to zero than `NEARLY_ZERO`. Call within `tidy`. */
export function withoutNearlyZero(tensors: TensorRecord): TensorRecord {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      where(less(abs(tensor), NEARLY_ZERO), zerosLike(tensor), tensor),
    ]),
  )
}

/** The tensor, or a clone when it is taken already; takes it. */
export function unshared(tensor: Tensor, taken: Set<Tensor>): Tensor {
  const own = taken.has(tensor) ? clone(tensor) : tensor
  taken.add(own)
  return own
}

/**
 * Makes `made` part of `held`, for good: tensors live until they are disposed, and those replaced are disposed.
 * Cannot fail.
 */
export function adopt(held: TensorRecord, made: TensorRecord): void {
  for (const [name, tensor] of Object.entries(made)) {
    held[name]?.dispose()
    held[name] = keep(tensor)
  }
}

export function disposeAll(tensors: TensorRecord): void {
  for (const tensor of Object.values(tensors)) tensor.dispose()
}

export function shapesOf(tensors: TensorRecord): Record<string, Shape> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.shape]))
}
