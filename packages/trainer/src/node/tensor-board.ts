import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { define, positiveInt, type Scalars } from '@sandglass/core'
import { z } from 'zod'
import type { Callback } from '../callbacks/callback'
import { appendTo, makeFolder } from './folder'
import { encodeTfEvent, type TfEvent } from './tf-event'
import { tfRecord } from './tf-record'

/**
 * Writes event files for TensorBoard into the folders `train` and `validation` of `path`, as Keras does: `epoch_loss`
 * and its like after each epoch, and with `everySteps` also `batch_loss`… after every so many updates. The horizontal
 * axis counts updates. A resumed run writes a file of its own, which voids what an earlier one has beyond its start.
 */
export const tensorBoard = define('callback', {
  type: 'tensorBoard',
  description: 'writes event files for TensorBoard',
  aliases: { options: { path: ['logDir'] } },
  schema: z.strictObject({ path: z.string().min(1), everySteps: positiveInt.optional() }),
  build: ({ path, everySteps }): Callback => {
    let train: EventFile | undefined
    let validation: EventFile | undefined
    return {
      name: 'tensorBoard',
      onStart: async ({ resumedAt, validationSamples }) => {
        train = await openEventFile(join(path, 'train'), resumedAt)
        if (validationSamples) validation = await openEventFile(join(path, 'validation'), resumedAt)
      },
      ...(everySteps !== undefined && {
        onStep: ({ step, scalars, learningRate }) => {
          if (step % everySteps !== 0) return
          return train!.write({ step, scalars: tagged('batch', { ...scalars, learningRate }) })
        },
      }),
      onEpoch: async ({ step, entry: { epoch: _, ...entry } }) => {
        const names = Object.keys(entry)
        const trained = names.filter((name) => !name.startsWith('val_'))
        await train!.write({ step, scalars: tagged('epoch', pick(entry, trained)) })
        const validated = names.filter((name) => name.startsWith('val_'))
        const scalars = Object.fromEntries(validated.map((name) => [`epoch_${name.slice(4)}`, entry[name]!]))
        await validation?.write({ step, scalars })
      },
    }
  },
})

interface EventFile {
  write(event: Omit<TfEvent, 'wallTime'>): Promise<void>
}

async function openEventFile(folder: string, resumedAt: number | undefined): Promise<EventFile> {
  await makeFolder(folder)
  const seconds = Math.floor(Date.now() / 1000)
  const unique = `${process.pid}.${randomBytes(4).toString('hex')}`
  const file = join(
    folder,
    `events.out.tfevents.${String(seconds).padStart(10, '0')}.${hostname()}.${unique}`,
  )
  const write = (event: Omit<TfEvent, 'wallTime'>) =>
    appendTo(file, tfRecord(encodeTfEvent({ wallTime: Date.now() / 1000, ...event })))
  await write({ fileVersion: 'brain.Event:2' })
  if (resumedAt !== undefined) await write({ step: resumedAt + 1, sessionStart: true })
  return { write }
}

function tagged(prefix: string, scalars: Readonly<Scalars>): Scalars {
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [`${prefix}_${name}`, value]))
}

function pick(scalars: Readonly<Scalars>, names: readonly string[]): Scalars {
  return Object.fromEntries(names.map((name) => [name, scalars[name]!]))
}
