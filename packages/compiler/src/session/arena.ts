import { sizeOf } from '@sandglass/core'
import type { Buffer } from './buffers'
import type { Runtime, RuntimeTensor } from './runtime'
import { outOfMemory } from './runtime-errors'

/** One WebAssembly memory in which runtime and kernels meet: kernels know arrays by address, the runtime as tensors. */
export interface Arena {
  readonly memory: WebAssembly.Memory
  /** How often the memory has grown, and moved to another ArrayBuffer. */
  readonly grown: number
  /** The address of fresh zeros, aligned to a cache line and padded to whole ones. Throws `SandglassError`. */
  allocate(bytes: number): number
  /** Gives back what `allocate` gave. */
  free(address: number, bytes: number): void
}

/** Addresses have 32 bits. */
export const MOST_BYTES = 2 ** 32

const PAGE = 65536
const LINE = 64

export function createArena(): Arena {
  const memory = new WebAssembly.Memory({ initial: 1 })
  let grown = 0
  /** Gaps, in order. The first line stays free, so that no array has the address 0. */
  let gaps: { start: number; end: number }[] = [{ start: LINE, end: PAGE }]

  function grow(bytes: number): void {
    const size = memory.buffer.byteLength
    const last = gaps.at(-1)
    const missing = bytes - (last?.end === size ? last.end - last.start : 0)
    const pages = Math.ceil(Math.max(missing, Math.min(size / 4, MOST_BYTES - size)) / PAGE)
    try {
      memory.grow(pages)
    } catch (error) {
      throw outOfMemory('the arrays of a compiled graph', size + missing, MOST_BYTES, error)
    }
    grown++
    release(size, size + pages * PAGE)
  }

  function release(start: number, end: number): void {
    gaps.push({ start, end })
    gaps.sort((a, b) => a.start - b.start)
    gaps = gaps.reduce<typeof gaps>((merged, gap) => {
      const last = merged.at(-1)
      if (last?.end === gap.start) merged[merged.length - 1] = { start: last.start, end: gap.end }
      else merged.push(gap)
      return merged
    }, [])
  }

  function take(size: number): number | undefined {
    const gap = gaps.find(({ start, end }) => end - start >= size)
    if (!gap) return
    const { start } = gap
    gap.start += size
    if (gap.start === gap.end) gaps = gaps.filter((other) => other !== gap)
    return start
  }

  return {
    memory,
    get grown() {
      return grown
    },
    allocate: (bytes) => {
      const size = padded(bytes)
      let address = take(size)
      if (address === undefined) {
        grow(size)
        address = take(size)!
      }
      new Uint8Array(memory.buffer, address, size).fill(0)
      return address
    },
    free: (address, bytes) => release(address, address + padded(bytes)),
  }
}

/** What an array of so many bytes takes of an arena. */
export function padded(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / LINE)) * LINE
}

/** An array of floats `[…shape]` in an arena. Growing memory moves to a new ArrayBuffer, and the array with it. */
export function arenaBuffer(
  { Tensor }: Runtime,
  arena: Arena,
  address: number,
  shape: readonly number[],
): Buffer<Float32Array> {
  let made = -1
  let data: Float32Array | undefined
  let tensor: RuntimeTensor | undefined
  const refresh = () => {
    if (made === arena.grown) return
    made = arena.grown
    data = new Float32Array(arena.memory.buffer, address, sizeOf(shape))
    tensor = new Tensor('float32', data, shape)
  }
  return {
    get data() {
      refresh()
      return data!
    },
    get tensor() {
      refresh()
      return tensor!
    },
  }
}
