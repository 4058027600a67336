import type { Attachment } from './attachment'
import type { Dataset } from './dataset'
import { SandglassError } from './errors'
import { type Watched, watch } from './event-channel'
import type { ProcedureEvent } from './procedure'
import { createStreams } from './random/streams'
import type { Sampler } from './sampler'
import type { Shape } from './shape'
import type { SamplerSpec } from './specs'
import type { HostTensor } from './tensors'
import type { TrainedModel } from './trained-model'

/** Under which samplers are attached unless told otherwise. */
const NAME = 'sampler'

export interface FitSamplerOptions {
  /** Whose codes it is fitted to. */
  readonly data: Dataset
  /** Under which it is attached to the model. Default `sampler`. */
  readonly name?: string
  /** Default 0. */
  readonly seed?: number
  readonly signal?: AbortSignal
}

/**
 * Fits a sampler to the codes of data and attaches it to the model, with which it is saved. Await the attachment, or
 * iterate over the progress.
 *
 * Rejects with `SandglassError` (`spec`) on an unknown sampler or a model without `encode`; with the signal's reason
 * when aborted. Then nothing is attached.
 *
 * @example
 * await fitSampler(trained, gaussianMixture({ components: 10 }), { data: data.train })
 * const images = await sample(trained, { size: 16, seed: 1 })
 */
export function fitSampler(
  trained: TrainedModel,
  sampler: SamplerSpec,
  { data, name = NAME, seed = 0, signal = new AbortController().signal }: FitSamplerOptions,
): Watched<ProcedureEvent, Attachment> {
  return watch(async (channel) => {
    const { registry } = trained.model
    await registry.load(sampler)
    const spec = registry.parse('sampler', sampler, 'sampler')
    const built = registry.build('sampler', spec)
    signal.throwIfAborted()
    const fit = async () => {
      const codes = await trained.apply('encode', data)
      signal.throwIfAborted()
      return built.fit!({
        codes,
        streams: createStreams(seed),
        signal,
        progress: (done, total, figures) => {
          signal.throwIfAborted()
          channel.send({ type: 'progress', procedure: spec.type, done, total, figures })
        },
      })
    }
    const tensors = built.fit ? await fit() : {}
    signal.throwIfAborted()
    const attachment: Attachment = { kind: 'sampler', spec, tensors }
    trained.attach(name, attachment)
    return attachment
  })
}

export interface SampleOptions {
  /** A sampler that needs no fitting. Default: the one that was attached. */
  readonly sampler?: SamplerSpec
  /** Name of the attached one. Default `sampler`. */
  readonly name?: string
  /** How many samples. */
  readonly size: number
  /** Default 0. */
  readonly seed?: number
  /** Which draw of this seed, from 0 (the default). */
  readonly draw?: number
}

/**
 * Samples: codes of a sampler, decoded: `[size, …output]`. The same seed and draw give the same samples.
 *
 * Rejects with `SandglassError` (`spec`) when there is no such sampler, it was not fitted, or the model cannot decode.
 */
export async function sample(
  trained: TrainedModel,
  { sampler, name = NAME, size, seed = 0, draw = 0 }: SampleOptions,
): Promise<HostTensor> {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new SandglassError('spec', 'the number of samples is not usable', {
      got: `size ${size}`,
      expected: 'a whole number from 1 up',
    })
  const shape = codeShape(trained)
  const [built, tensors] = await samplerOf(trained, sampler, name)
  const codes = built.sample({ tensors, size, shape, streams: createStreams(seed), draw })
  return trained.decode(codes, { seed, draw })
}

async function samplerOf(
  { model: { registry }, attachments }: TrainedModel,
  asked: SamplerSpec | undefined,
  name: string,
): Promise<[Sampler, Attachment['tensors']]> {
  if (asked !== undefined) {
    await registry.load(asked)
    const built = registry.build('sampler', asked)
    if (!built.fit) return [built, {}]
    throw new SandglassError(
      'spec',
      `the sampler ${registry.parse('sampler', asked).type} has not been fitted`,
      {
        advice:
          'Fit it to data first: fitSampler(trained, sampler, { data }). It is then found without being named.',
      },
    )
  }
  const attached = Object.hasOwn(attachments, name) ? attachments[name] : undefined
  if (attached?.kind !== 'sampler')
    throw new SandglassError('spec', `the model has no sampler "${name}"`, {
      got: attached ? `a ${attached.kind}` : Object.keys(attachments).join(', ') || 'no attachments',
      advice: 'Fit one to data: fitSampler(trained, sampler, { data }), or name one that needs no fitting.',
    })
  await registry.load(attached.spec)
  return [registry.build('sampler', attached.spec), attached.tensors]
}

/** Of one code: what `decode` takes. */
function codeShape({ model: { functions } }: TrainedModel): Shape {
  const shapes = Object.values(functions.decode?.inputs ?? {})
  if (shapes.length) return shapes[0]!
  throw new SandglassError('spec', 'the model cannot turn codes into samples', {
    got: `the functions ${Object.keys(functions).join(', ')}`,
    expected: 'a function "decode"',
  })
}
