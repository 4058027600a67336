import { div, mul, neg, sqrt, square, sum, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { atLeast } from '../activations/clip'
import { define } from '../definition'
import type { Comparison } from '../loss'
import { comparing, EPSILON } from './comparing'

/** Cosine of the angle between target and output along the last axis; norms are at least 1e-7. */
export function cosines({ target, output }: Comparison): Tensor {
  return sum(mul(unit(target), unit(output)), -1)
}

function unit(x: Tensor): Tensor {
  return div(x, sqrt(atLeast(sum(square(x), -1, true), EPSILON ** 2)))
}

/** −cos(t, y) along the last axis, from −1 (same direction) to 1. The metric of this name has the other sign. */
export const cosineSimilarity = define('loss', {
  type: 'cosineSimilarity',
  description: '−cos(t, y) along the last axis',
  aliases: { type: ['cosine', 'cosineProximity', 'cosineEmbeddingLoss'] },
  schema: z.strictObject({}),
  build: ({ type }) => comparing(type, (comparison) => neg(cosines(comparison))),
})
