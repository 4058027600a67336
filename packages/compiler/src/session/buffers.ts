import type { Runtime, RuntimeTensor } from './runtime'

/** An array that a runtime reads and writes in place. */
export interface Buffer {
  readonly data: Float32Array
  readonly tensor: RuntimeTensor
}

export function allocate({ Tensor }: Runtime, shape: readonly number[]): Buffer {
  const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1))
  return { data, tensor: new Tensor('float32', data, shape) }
}

/** A weight or slot: a step reads the front and writes the back; then they swap, and nothing is copied. */
export interface PingPong {
  readonly shape: readonly number[]
  readonly buffers: readonly [Buffer, Buffer]
  front: 0 | 1
}

export function pingPong(runtime: Runtime, shape: readonly number[]): PingPong {
  return { shape, buffers: [allocate(runtime, shape), allocate(runtime, shape)], front: 0 }
}

export function front(state: PingPong): Buffer {
  return state.buffers[state.front]
}

export function back(state: PingPong): Buffer {
  return state.buffers[state.front === 0 ? 1 : 0]
}

export function swap(state: PingPong): void {
  state.front = state.front === 0 ? 1 : 0
}
