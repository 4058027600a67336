import { createStreams, type RandomSource } from '@sandglass/core'
import { tensor } from '@tensorflow/tfjs-core'

/** A source of random numbers for tests, which notes what was drawn. */
export interface TestRandom extends RandomSource {
  /** Names of the streams drawn from so far. */
  readonly streams: ReadonlySet<string>
}

/** Step 0 of the library's streams for a seed: the same numbers for the same seed and stream name. */
export function testRandom(seed = 0): TestRandom {
  const all = createStreams(seed)
  const streams = new Set<string>()
  const draw = (distribution: keyof RandomSource) => (name: string, shape: readonly number[]) => {
    streams.add(name)
    const size = shape.reduce((product, extent) => product * extent, 1)
    return tensor(all.at(name)[distribution](new Float32Array(size)), [...shape])
  }
  return {
    streams,
    uniform: draw('uniform'),
    normal: draw('normal'),
    truncatedNormal: draw('truncatedNormal'),
  }
}
