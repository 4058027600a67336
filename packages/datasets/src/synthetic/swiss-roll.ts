import { createDataset, createStreams, type MemoryDataset } from '@sandglass/core'
import { checkSize, checkSpreads } from './options'

export interface SwissRollOptions {
  /** Default 1,500. */
  size?: number
  /** Standard deviation of the noise added to every coordinate. Default 0. */
  noise?: number
  seed: number
}

/**
 * A rolled-up sheet in space: with t = 1.5 π (1 + 2u) and h = 21 v for uniform u and v, the points (t cos t, h, t sin t),
 * as scikit-learn's make_swiss_roll. `input` `[3]`; `position` `[2]` holds (t, h), where the point is on the sheet.
 */
export function swissRoll({ size = 1500, noise = 0, seed }: SwissRollOptions): MemoryDataset {
  checkSize('swissRoll', size)
  checkSpreads('swissRoll', { noise })
  const streams = createStreams(seed)
  const position = streams.at('data/swissRoll/position').uniform(new Float32Array(2 * size))
  const input = streams.at('data/swissRoll/noise').normal(new Float32Array(3 * size))
  for (let i = 0; i < size; i++) {
    const t = 1.5 * Math.PI * (1 + 2 * position[2 * i]!)
    const h = 21 * position[2 * i + 1]!
    position[2 * i] = t
    position[2 * i + 1] = h
    input[3 * i] = input[3 * i]! * noise + t * Math.cos(t)
    input[3 * i + 1] = input[3 * i + 1]! * noise + h
    input[3 * i + 2] = input[3 * i + 2]! * noise + t * Math.sin(t)
  }
  return createDataset('swiss roll', {
    input: { shape: [3], data: input },
    position: { shape: [2], data: position },
  })
}
