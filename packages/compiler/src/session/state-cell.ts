import { type Shape, sameShape, sizeOf, type TypedArray } from '@sandglass/core'
import { type Arena, arenaBuffer } from './arena'
import { allocate } from './buffers'
import type { Runtime, RuntimeTensor } from './runtime'
import type { RuntimeOptions } from './runtime-options'

/** A weight or slot. It changes only by `accept` and `write`, so that a step that fails changes nothing. */
export interface StateCell {
  readonly shape: Shape
  /** What a graph reads. */
  current(): RuntimeTensor
  /** Where a step writes, if in place. The first time makes that array, which may move all others. */
  target(): RuntimeTensor | undefined
  /** Takes over what a step made. */
  accept(made: RuntimeTensor): void
  /** Copies `data` in. */
  write(data: TypedArray): void
  dispose(): void
}

/** A cell filled with zeros. */
export function createStateCell(
  runtime: Runtime,
  shape: Shape,
  { state: place = 'in-place', arena }: Pick<RuntimeOptions, 'state' | 'arena'> = {},
): StateCell {
  return place === 'in-place' ? pairCell(runtime, shape, arena) : tensorCell(runtime, shape)
}

/**
 * Two arrays: a step reads one and writes the other; then they swap, and nothing is copied. The other is there only once
 * it is asked for.
 */
function pairCell(runtime: Runtime, shape: Shape, arena: Arena | undefined): StateCell {
  const make = () =>
    arena ? arenaBuffer(runtime, arena, arena.allocate(4 * sizeOf(shape)), shape) : allocate(runtime, shape)
  let front = make()
  let back: ReturnType<typeof make> | undefined
  return {
    shape,
    current: () => front.tensor,
    target: () => {
      back ??= make()
      return back.tensor
    },
    accept: () => {
      if (back) [front, back] = [back, front]
    },
    write: (data) => front.data.set(data),
    dispose: () => undefined,
  }
}

/** Whatever tensor the last step returned. */
function tensorCell(runtime: Runtime, shape: Shape): StateCell {
  let { tensor } = allocate(runtime, shape)
  const replace = (next: RuntimeTensor) => {
    const old = tensor
    tensor = next
    if (old !== next) old.dispose?.()
  }
  return {
    shape,
    current: () => tensor,
    target: () => undefined,
    accept: (made) => {
      if (!sameShape(made.dims, shape)) throw new Error(`a step made [${made.dims}] of a state of [${shape}]`)
      replace(made)
    },
    write: (data) => {
      const fresh = allocate(runtime, shape)
      if (data.length !== sizeOf(shape)) throw new RangeError(`${data.length} numbers for [${shape}]`)
      fresh.data.set(data)
      replace(fresh.tensor)
    },
    dispose: () => tensor.dispose?.(),
  }
}
