import { elements, type Graph } from '../graph/graph'
import { flopsOf } from '../session/threads'

/** Fewer rows make products that are slow. */
const ROWS = 16
/** Node's own threads, which run all parts but one, are four. */
const MOST = 4
/** Floating-point operations of a part that are worth handing it to another thread. */
const WORTH_A_THREAD = 5e7
/** How often a sample must use each weight: at least four times as often as in a step of a dense layer, which is 6. */
const USES = 24

/** In how many equal parts to run a batch where `most` can run at once. */
export function partsOf(batch: number, most: number): number {
  for (let parts = Math.min(most, MOST); parts > 1; parts--)
    if (batch % parts === 0 && batch / parts >= ROWS) return parts
  return 1
}

/**
 * Whether runs of a graph with `rows` samples each, at once, take less time than one run with all samples and all threads
 * for each operator. They do where an operator's work is small or comes in many operators, as in recurrent layers, and where
 * the weights' gradients, which must be added afterwards, are small beside what is done for them, as in convolutions. With
 * dense layers alone it is no gain: step times over those in parts, on two cores, are 1.2 for the textbook's recurrent
 * autoencoder with 32 samples, 1.3 and 1.2 for the convolutional one with 32 and 128, but 0.98 to 1.0 for dense ones.
 */
export function worthSplitting(part: Graph, shared: ReadonlySet<string>, rows: number): boolean {
  const weights = part.inputs
    .filter(({ name }) => !shared.has(name))
    .reduce((sum, { value }) => sum + elements(value.shape), 0)
  const work = flopsOf(part)
  return work >= WORTH_A_THREAD && work >= USES * rows * weights
}
