import { createHash } from 'node:crypto'
import { access } from 'node:fs/promises'
import { core, createRegistry } from '@sandglass/core'
import type { StepEvent } from '../../fit/events'
import { fit } from '../../fit/fit'
import { trainer } from '../../plugin'
import { noisyModel, uniformData } from '../../testing/fixture'
import { loadCheckpoint, trainerNode } from '../index'

// The program of the tests that need a process of its own: trains 100 steps in the folder given, from the checkpoint
// there if there is one, says after each step that it did it, and prints the hash of all that it ends with.
const [folder, backend] = process.argv.slice(2) as [string, string]
const path = `${folder}/run.ckpt`
const exists = await access(path).then(
  () => true,
  () => false,
)
const { model, history, checkpoint } = await fit(
  noisyModel,
  { train: uniformData(42), validation: uniformData(11, 2) },
  {
    registry: createRegistry([core, trainer, trainerNode]),
    backend,
    optimizer: { type: 'adam', learningRate: 0.02, emaMomentum: 0.9 },
    epochs: 20,
    batchSize: 9,
    seed: 5,
    callbacks: [
      { type: 'earlyStopping', patience: 50, restoreBest: true },
      { type: 'modelCheckpoint', path, unit: 'step' },
      { type: 'jsonlLog', path: `${folder}/history.jsonl` },
      { name: 'beacon', onStep: ({ step }: StepEvent) => void process.stdout.write(`step ${step}\n`) },
      { type: 'tensorBoard', path: `${folder}/tensorboard`, everySteps: 10 },
    ],
    ...(exists && { resumeFrom: await loadCheckpoint(path) }),
  },
)
const hash = createHash('sha256').update(JSON.stringify(history))
const arrays = [
  await model.weights(),
  checkpoint.training.weights,
  ...Object.values(checkpoint.training.slots),
]
for (const record of arrays)
  for (const [name, { data }] of Object.entries(record))
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
process.stdout.write(`${checkpoint.position.step} ${hash.digest('hex')}\n`)
process.exit(0)
