import { createDataset, createStreams, type MemoryDataset } from '@sandglass/core'
import { checkSize, checkSpreads } from './options'

export interface MoonsOptions {
  /** Default 1,000. */
  size?: number
  /** Standard deviation of the noise added to both coordinates. Default 0.1. */
  noise?: number
  seed: number
}

/**
 * Two interleaved half circles: (cos a, sin a) and (1 − cos a, ½ − sin a) for a uniform on [0, π). `input` `[2]`,
 * `label` 0 or 1 in turn.
 */
export function moons({ size = 1000, noise = 0.1, seed }: MoonsOptions): MemoryDataset {
  checkSize('moons', size)
  checkSpreads('moons', { noise })
  const streams = createStreams(seed)
  const angles = streams.at('data/moons/angle').uniform(new Float32Array(size), 0, Math.PI)
  const input = streams.at('data/moons/noise').normal(new Float32Array(2 * size))
  const label = Int32Array.from({ length: size }, (_, i) => i % 2)
  for (let i = 0; i < size; i++) {
    const x = Math.cos(angles[i]!)
    const y = Math.sin(angles[i]!)
    input[2 * i] = input[2 * i]! * noise + (label[i] ? 1 - x : x)
    input[2 * i + 1] = input[2 * i + 1]! * noise + (label[i] ? 0.5 - y : y)
  }
  return createDataset('moons', { input: { shape: [2], data: input }, label: { shape: [], data: label } })
}
