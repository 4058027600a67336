import type { Builder } from '../../graph/builder'
import type { Value } from '../../graph/graph'
import type { KernelCall, KernelRules } from '../kernel'
import { channelsFirst, channelsLast } from './shape'

interface Sampling {
  readonly alignCorners: boolean
  readonly halfPixelCenters: boolean
}

/** Position in the source of each sample of the result. */
function positions(from: number, to: number, { alignCorners, halfPixelCenters }: Sampling): number[] {
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to
  return Array.from({ length: to }, (_, i) => (halfPixelCenters ? (i + 0.5) * scale - 0.5 : i * scale))
}

/** `[to, from]`: each row holds the weights of the source samples for one sample of the result. */
function nearestMatrix(from: number, to: number, sampling: Sampling): number[][] {
  return positions(from, to, sampling).map((p) => {
    const q = sampling.halfPixelCenters ? p + 0.5 : p
    const source = Math.min(from - 1, Math.max(0, sampling.alignCorners ? Math.round(q) : Math.floor(q)))
    return Array.from({ length: from }, (_, j) => (j === source ? 1 : 0))
  })
}

function bilinearMatrix(from: number, to: number, sampling: Sampling): number[][] {
  return positions(from, to, sampling).map((p) => {
    const low = Math.floor(p)
    const fraction = p - low
    const [a, b] = [Math.max(0, low), Math.min(from - 1, low + 1)]
    return Array.from({ length: from }, (_, j) => (j === a ? 1 - fraction : 0) + (j === b ? fraction : 0))
  })
}

/**
 * Resizing is linear and separable: R·x·Cᵀ a channel, with constant matrices. The gradient is the same with both
 * matrices transposed, so it is right by construction. `x`: `[batch, h, w, channels]`.
 */
function resize(build: Builder, x: Value, rows: number[][], columns: number[][]): Value {
  const [n, , w, c] = x.shape as [number, number, number, number]
  const [height, width] = [rows.length, columns.length]
  const matrix = (m: number[][]) => build.constant(m.flat(), [m.length, m[0]!.length])
  const planes = channelsFirst(build, x)
  const tall = build.emit('MatMul', [matrix(rows), planes], [n, c, height, w])
  const turned = matrix(columns[0]!.map((_, j) => columns.map((row) => row[j]!)))
  const full = build.emit('MatMul', [tall, turned], [n, c, height, width])
  return channelsLast(build, full)
}

const transpose = (m: number[][]): number[][] => m[0]!.map((_, j) => m.map((row) => row[j]!))

type Matrix = (from: number, to: number, sampling: Sampling) => number[][]

const forward =
  (matrix: Matrix) =>
  ({ build, inputs: { images }, attributes }: KernelCall): Value => {
    const [height, width] = attributes.size as [number, number]
    const sampling = attributes as unknown as Sampling
    const [, h, w] = images!.shape as [number, number, number]
    return resize(build, images!, matrix(h, height, sampling), matrix(w, width, sampling))
  }

const backward =
  (matrix: Matrix) =>
  ({ build, inputs: { images, dy }, attributes }: KernelCall): Value => {
    const sampling = { halfPixelCenters: false, ...attributes } as unknown as Sampling
    const [, h, w] = images!.shape as [number, number, number]
    const [, height, width] = dy!.shape as [number, number, number]
    return resize(build, dy!, transpose(matrix(h, height, sampling)), transpose(matrix(w, width, sampling)))
  }

export const resizing: KernelRules = {
  ResizeBilinear: forward(bilinearMatrix),
  ResizeBilinearGrad: backward(bilinearMatrix),
  ResizeNearestNeighbor: forward(nearestMatrix),
  ResizeNearestNeighborGrad: backward(nearestMatrix),
}
