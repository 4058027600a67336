import { resolve } from 'node:path'
import {
  type Attachment,
  encodeModel,
  fitSampler,
  type SamplerSpec,
  SandglassError,
  sample,
  type TrainedModel,
} from '@sandglass/core'
import { writeFileAtomic } from '@sandglass/core/node'
import { backendOf } from '@sandglass/trainer'
import { open } from '../../node/index'
import { camelCase } from '../../run/dataset-option'
import { parseJson } from '../../run/parse-json'
import { defineCommand, type Terminal, type Values, wholeNumber } from '../command'
import { dataFor, describeData, readTrained, type TrainedFile, trainedOptions } from '../trained'
import { writeOutputs } from '../write-outputs'

const options = {
  ...trainedOptions,
  sampler: {
    value: 'SAMPLER',
    description:
      'What draws codes: a name or a spec as JSON; it is fitted to the data where it needs that, and kept in the model file (default: the one that was kept)',
  },
  size: { value: 'N', description: 'How many samples (default: 16)' },
  seed: { value: 'N', description: 'Decides random numbers (default: 0)' },
  draw: { value: 'N', description: 'Which draw of this seed, for other samples (default: 0)' },
  out: {
    value: 'FILE',
    description: 'Where to write them: .png (pictures), .csv or .safetensors (default: samples.png)',
  },
} as const

export const sampleCommand = defineCommand({
  name: 'sample',
  summary: 'Draw new samples from a trained model',
  usage: '<run | model.safetensors> [options]',
  details:
    'A sampler draws codes and the model decodes them. A model with a function "sample" of its own draws with that, unless a sampler is named.',
  examples: [
    'sandglass sample my-run --sampler standard-normal --size 64',
    'sandglass sample my-run --seed 2 --out samples.csv',
    'sandglass list sampler',
  ],
  positionals: [1, 1],
  options,
  run: async ([target], values, terminal) => {
    const file = await readTrained(target!, terminal)
    const trained = await open(file, { backend: backendOf(values.backend, file.registry) })
    try {
      const request = {
        size: values.size === undefined ? 16 : wholeNumber('size', values.size, 1),
        seed: values.seed === undefined ? 0 : wholeNumber('seed', values.seed),
        draw: values.draw === undefined ? 0 : wholeNumber('draw', values.draw, 0),
      }
      const sampler = values.sampler === undefined ? undefined : samplerSpec(values.sampler)
      const own = trained.model.functions.sample
      const outputs =
        own && !sampler && !Object.keys(own.inputs).length
          ? await trained.run('sample', {}, request)
          : await drawn(trained, file, sampler, request, values, terminal)
      const path = resolve(values.out ?? 'samples.png')
      await writeOutputs(path, 'samples', outputs)
      const { backend } = trained
      terminal.out(
        values.json
          ? `${JSON.stringify({ ...request, backend, paths: { samples: path } }, null, 2)}\n`
          : `${request.size} samples: ${path}\n`,
      )
    } finally {
      trained.dispose()
    }
    return 0
  },
})

async function drawn(
  trained: TrainedModel,
  file: TrainedFile,
  asked: SamplerSpec | undefined,
  request: { size: number; seed: number; draw: number },
  values: Values<typeof options>,
  terminal: Terminal,
) {
  const { registry } = trained.model
  if (asked === undefined) {
    if (trained.attachments.sampler?.kind !== 'sampler')
      throw new SandglassError('spec', 'the model has no sampler yet', {
        expected: `one of ${registry
          .list('sampler')
          .map(({ type }) => type)
          .join(', ')}`,
        advice: 'Name one: --sampler standard-normal. `sandglass list sampler` says what they do.',
      })
    return { samples: await sample(trained, request) }
  }
  await registry.load(asked)
  if (!registry.build('sampler', asked).fit)
    return { samples: await sample(trained, { ...request, sampler: asked }) }
  const spec = registry.parse('sampler', asked, '--sampler')
  if (!isFitted(trained.attachments.sampler, spec))
    await fitAndKeep(trained, file, asked, request.seed, values, terminal)
  return { samples: await sample(trained, request) }
}

/** Whether this very sampler was fitted before. */
function isFitted(attached: Attachment | undefined, spec: unknown): boolean {
  return attached?.kind === 'sampler' && JSON.stringify(attached.spec) === JSON.stringify(spec)
}

async function fitAndKeep(
  trained: TrainedModel,
  file: TrainedFile,
  sampler: SamplerSpec,
  seed: number,
  values: Values<typeof options>,
  { err, columns, interruptible }: Terminal,
): Promise<void> {
  const data = await dataFor(file, values, 'train')
  err(`Fitting the sampler. ${describeData(data)}.\n`)
  const work = fitSampler(trained, sampler, { data: data.dataset, seed, signal: interruptible() })
  for await (const { done, total } of work)
    if (columns !== undefined) err(`\r\u001b[K${done}${total ? ` of ${total}` : ''}`)
  await work
  if (columns !== undefined) err('\r\u001b[K')
  const { model, attachments, extras } = trained
  const bytes = encodeModel({ model, weights: await trained.weights(), attachments, extras })
  await writeFileAtomic(file.path, bytes)
}

/** `standard-normal`, `standardNormal`, or a spec as JSON. */
function samplerSpec(option: string): SamplerSpec {
  if (option.trimStart().startsWith('{')) return parseJson(option, '--sampler') as SamplerSpec
  return camelCase(option) as SamplerSpec
}
