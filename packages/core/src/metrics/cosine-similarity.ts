import { z } from 'zod'
import { define } from '../definition'
import { comparing } from '../losses/comparing'
import { cosines } from '../losses/cosine-similarity'

/** cos(t, y) along the last axis: 1 for the same direction. The loss of this name has the other sign. */
export const cosineSimilarityMetric = define('metric', {
  type: 'cosineSimilarity',
  description: 'cos(t, y) along the last axis',
  aliases: { type: ['cosine', 'cosineProximity'] },
  schema: z.strictObject({}),
  build: ({ type }) => comparing(type, cosines),
})
