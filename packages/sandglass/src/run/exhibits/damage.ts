import { type ExhibitInput, type HostTensor, type Model, SandglassError, type Spec } from '@sandglass/core'
import { reshape } from '@tensorflow/tfjs-core'
import { type Probed, probe, seenAt } from './probe'

/** What damages the inputs of a model while it trains. */
export interface Damage {
  /** `masking with rate 0.3`, for people. */
  readonly name: string
  /** What the encoder sees in training: `[samples, …input]`, drawn by the seed. */
  apply(input: ExhibitInput, indices: ArrayLike<number>): Promise<HostTensor>
}

type Denoising = Spec & { corruption?: Spec; encoder?: readonly Spec[] }

/** The model's corruption, or the noise that stands before anything else in its encoder; undefined without either. */
export function damageOf(model: Model): Damage | undefined {
  const { corruption, encoder = [] } = model.spec as Denoising
  const { encode } = model.functions
  if (!encode) return undefined
  const drawn = (name: Spec, draw: Probed): Damage => ({
    name: showSpec(name),
    apply: (input, indices) => probe(input, indices, encode.inputs.input!, draw),
  })
  if (corruption) {
    const build = model.registry.build('corruption', corruption)
    return drawn(corruption, (_, { input }, context) =>
      build(input!, { ...context, training: true }, 'corruption'),
    )
  }
  const layers = model.layers.filter(({ path }) => path.startsWith('encoder/'))
  const at = layers.findIndex(({ traits }) => !traits.rearranges)
  const [layer, spec] = [layers[at], encoder[at]]
  if (!layer?.traits.noise || !spec) return undefined
  // The layers up to the noise only rearrange, so what it gives is the damaged input.
  return drawn(spec, (weights, inputs, context) => {
    const seen = seenAt(encode, layer.path, weights, inputs, { ...context, training: true })
    if (!seen) throw new SandglassError('spec', `${layer.path} does not run when samples are encoded`)
    return reshape(seen.output, inputs.input!.shape)
  })
}

/** `gaussianNoise with stddev 0.2` */
function showSpec({ type, ...options }: Spec): string {
  const shown = Object.entries(options)
    .filter(([name, value]) => typeof value === 'number' && name !== 'trainable')
    .map(([name, value]) => `${name} ${value}`)
  return `${type}${shown.length ? ` with ${shown.join(', ')}` : ''}`
}
