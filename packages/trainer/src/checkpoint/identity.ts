import { type AnyDataset, type Batch, type Json, SandglassError, sizeOf } from '@sandglass/core'
import type { Plan } from '../fit/plan'

/** What a run is made of, as far as its numbers depend on it. */
export type Identity = Readonly<Record<string, Json>>

/** Of a run. Reads a few samples of its data. */
export async function identityOf(plan: Plan): Promise<Identity> {
  return {
    model: plain(plan.model.spec),
    data: await describeData(plan.train),
    validation: plan.validation ? [await describeData(plan.validation), plan.validationBatchSize] : null,
    optimizer: plain(plan.optimizerSpecs),
    controls: plain(plan.controls.specs),
    metrics: plain(plan.metricSpecs),
    seed: plan.seed,
    batchSize: plan.batchSize,
    shuffle: plan.shuffle,
    shuffleBuffer: plan.shuffleBuffer ?? null,
    turns: plain(plan.turns),
    monitor: plain(plan.monitor),
    start: plan.start ? plain(plan.start) : null,
  }
}

/** Throws `SandglassError` (`spec`) unless a checkpoint is of a run like this one; the message says what differs. */
export function checkIdentity(found: Identity, expected: Identity): void {
  const differing = Object.keys(expected).filter((key) => canonical(found[key]) !== canonical(expected[key]))
  if (!differing.length) return
  const show = (identity: Identity) =>
    differing.map((key) => `${key} ${brief(canonical(identity[key]))}`).join(', ')
  throw new SandglassError(
    'spec',
    `the checkpoint is of another run, which differs in ${differing.join(', ')}`,
    {
      got: show(expected),
      expected: show(found),
      advice:
        'Go on with the options, model and data of the run that wrote it, or begin anew without resumeFrom.',
    },
  )
}

/**
 * Size, fields, and a hash of the first, middle and last sample, of a stream of its first chunk: enough to tell one set of
 * data from another.
 */
async function describeData(dataset: AnyDataset): Promise<Json> {
  const { size, fields } = dataset
  const batch = await probe(dataset)
  const described = Object.keys(fields)
    .sort()
    .map((name) => {
      const shape = batch.fields[name] ?? []
      const values = new Float32Array(batch.size * sizeOf(shape))
      batch.fill(name, values)
      return [name, [...shape], hash(new Uint8Array(values.buffer))]
    })
  return { size: size ?? null, fields: described as Json }
}

async function probe(dataset: AnyDataset): Promise<Batch> {
  if (!('read' in dataset)) return dataset.batch([0, dataset.size >> 1, dataset.size - 1])
  for await (const chunk of dataset.read()) return chunk
  throw new SandglassError('data', `the stream "${dataset.name}" gave no samples`, {
    expected: 'at least one',
  })
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(bytes: Uint8Array): number {
  let h = 0x811c9dc5
  for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193)
  return h >>> 0
}

function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

function canonical(value: Json | undefined): string {
  return JSON.stringify(value ?? null, (_, child: Json) =>
    typeof child === 'object' && child !== null && !Array.isArray(child)
      ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1)))
      : child,
  )
}

function brief(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
