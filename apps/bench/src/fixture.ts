import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createStreams, initialWeights, type Spec, sizeOf } from '@sandglass/core'
import { fashionMnistExcerpt } from '@sandglass/datasets'
import { benchRegistry, buildModel, SEED } from './registry'
import type { Task } from './workload'

/** What every engine starts from: same layers, same initial weights, same batches. Arrays are little-endian float32. */
export interface Manifest {
  readonly task: string
  readonly batch: number
  /** Number of different batches; step i takes batch i mod this. */
  readonly batches: number
  readonly inputShape: readonly number[]
  /** Validated specs of encoder and decoder in turn, with the path that begins their weights' names. */
  readonly layers: readonly (Spec & { readonly path: string })[]
  readonly optimizer: Spec
  readonly weights: readonly {
    readonly name: string
    readonly shape: readonly number[]
    /** In elements. */
    readonly offset: number
  }[]
  /** File of all weights. */
  readonly weightsFile: string
  /** File of `[batches, batch, …inputShape]`. */
  readonly dataFile: string
}

/** Batches are few enough to be made quickly, and more than fit a cache that a real run would not have. */
function batchCount(batch: number): number {
  return Math.max(4, Math.min(16, Math.ceil(2048 / batch)))
}

/**
 * Writes a task's fixture into `folder` and returns the path of its manifest. Throws `SandglassError` when a layer of
 * the workload is not registered.
 */
export async function writeFixture({ id, workload, batch }: Task, folder: string): Promise<string> {
  const registry = benchRegistry()
  const model = buildModel(registry, workload)
  const spec = registry.parse('model', workload.model) as unknown as Record<'encoder' | 'decoder', Spec[]>
  mkdirSync(folder, { recursive: true })

  const weights = Object.entries(initialWeights(model, SEED))
  let offset = 0
  const entries = weights.map(([name, { shape }]) => {
    const entry = { name, shape, offset }
    offset += sizeOf(shape)
    return entry
  })
  const values = new Float32Array(offset)
  for (const [i, [, { data }]] of weights.entries()) values.set(data, entries[i]!.offset)

  const { train } = await fashionMnistExcerpt()
  const batches = batchCount(batch)
  const size = batch * sizeOf(workload.inputShape)
  const data = new Float32Array(batches * size)
  const streams = createStreams(SEED)
  const draws = streams.at('bench/samples').uniform(new Float32Array(batches * batch), 0, train.size)
  for (let i = 0; i < batches; i++) {
    const indices = Array.from(draws.subarray(i * batch, (i + 1) * batch), Math.floor)
    train.batch(indices).fill('input', data.subarray(i * size, (i + 1) * size))
  }

  const manifest: Manifest = {
    task: id,
    batch,
    batches,
    inputShape: workload.inputShape,
    layers: (['encoder', 'decoder'] as const).flatMap((part) =>
      spec[part].map((layer, i) => ({ ...layer, path: `${part}/${i}` })),
    ),
    optimizer: registry.parse('optimizer', workload.optimizer),
    weights: entries,
    weightsFile: join(folder, 'weights.f32'),
    dataFile: join(folder, 'data.f32'),
  }
  writeFileSync(manifest.weightsFile, new Uint8Array(values.buffer))
  writeFileSync(manifest.dataFile, new Uint8Array(data.buffer))
  const path = join(folder, 'manifest.json')
  writeFileSync(path, JSON.stringify(manifest))
  return path
}

/** How many losses must agree before anything is timed. */
export const CHECKED_STEPS = 5
