import { bench, describe } from 'vitest'
import { createStreams } from './streams'

// `npx vitest bench`: each round makes a million numbers, so hz is millions a second.
describe('a million numbers', () => {
  const n = 1_000_000
  const streams = createStreams(1)
  const floats = new Float32Array(n)
  const words = new Uint32Array(n)
  let step = 0
  bench('bits', () => void streams.at('bench', step++).bits(words))
  bench('uniform', () => void streams.at('bench', step++).uniform(floats))
  bench('normal', () => void streams.at('bench', step++).normal(floats))
  bench('truncatedNormal', () => void streams.at('bench', step++).truncatedNormal(floats))
  bench('permutation', () => void streams.at('bench', step++).permutation(n))
})
