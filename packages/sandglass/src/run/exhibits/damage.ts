import {
  type ExhibitInput,
  type HostTensor,
  type Model,
  type ModelFunction,
  SandglassError,
  type Spec,
} from '@sandglass/core'
import { openModel } from '@sandglass/trainer'
import { reshape, type Tensor } from '@tensorflow/tfjs-core'
import { feeds } from '../gather'

/** What damages the inputs of a model while it trains. */
export interface Damage {
  /** `masking with rate 0.3`, for people. */
  readonly name: string
  /** What the encoder sees in training: `[samples, …input]`, drawn by the seed. */
  apply(input: ExhibitInput, indices: ArrayLike<number>): Promise<HostTensor>
}

type Denoising = Spec & { corruption?: Spec; encoder?: readonly Spec[] }

const NOISES = new Set(['gaussianNoise', 'dropout'])
const REARRANGING = new Set(['flatten', 'reshape'])

/** The model's corruption, or the noise that stands before anything else in its encoder; undefined without either. */
export function damageOf(model: Model): Damage | undefined {
  const { corruption, encoder = [] } = model.spec as Denoising
  if (corruption) {
    const build = model.registry.build('corruption', corruption)
    return {
      name: showSpec(corruption),
      apply: drawn((_, input, context) => build(input, { ...context, training: true }, 'corruption')),
    }
  }
  const at = encoder.findIndex(({ type }) => !REARRANGING.has(type))
  const noise = encoder[at]
  if (!noise || !NOISES.has(noise.type)) return undefined
  return {
    name: showSpec(noise),
    // The layers up to the noise only rearrange, so what it gives is the damaged input.
    apply: drawn((weights, input, context, inputs) => {
      let seen: Tensor | undefined
      model.functions.encode!.apply(weights, inputs, {
        ...context,
        training: true,
        watch: (path, { output }) => {
          if (path === `encoder/${at}`) seen = output
        },
      })
      if (!seen) throw new SandglassError('spec', `encoder/${at} does not run when samples are encoded`)
      return reshape(seen, input.shape)
    }),
  }
}

type Draw = (
  weights: Parameters<ModelFunction['apply']>[0],
  input: Tensor,
  context: Parameters<ModelFunction['apply']>[2],
  inputs: Parameters<ModelFunction['apply']>[1],
) => Tensor

/** Runs `draw` once on the model's backend, in a session of its own. */
function drawn(draw: Draw): Damage['apply'] {
  return async ({ trained, backend, dataset, seed }, indices) => {
    const { model } = trained
    const { inputs } = model.functions.encode!
    const damage: ModelFunction = {
      inputs,
      outputs: { damaged: inputs.input! },
      apply: (weights, given, context) => ({ damaged: draw(weights, given.input!, context, given) }),
    }
    const probe = { ...model, objectives: [], functions: { damage } }
    const opened = await openModel({ model: probe, weights: await trained.weights() }, { backend, seed })
    try {
      const { damaged } = await opened.run('damage', await feeds(model, 'encode', dataset, indices))
      return damaged!
    } finally {
      opened.dispose()
    }
  }
}

/** `gaussianNoise with stddev 0.2` */
function showSpec({ type, ...options }: Spec): string {
  const shown = Object.entries(options)
    .filter(([name, value]) => typeof value === 'number' && name !== 'trainable')
    .map(([name, value]) => `${name} ${value}`)
  return `${type}${shown.length ? ` with ${shown.join(', ')}` : ''}`
}
