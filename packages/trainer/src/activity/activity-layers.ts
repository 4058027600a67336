import { type Model, SandglassError, type Spec } from '@sandglass/core'

/**
 * Which layers to look at: those at these paths, the `regularized` ones, on whose activity there is a penalty, the `code`
 * (the encoder's last layer), or all `hidden` layers with an activation (all but the last of each part behind the
 * encoder).
 */
export type LayerChoice = 'regularized' | 'code' | 'hidden' | readonly string[]

/** A layer whose units are looked at. */
export interface ObservedLayer {
  /** `encoder/2` */
  readonly path: string
  readonly type: string
  /** Its activation, or that of the layer before whose output it only rearranges, pools or drops. */
  readonly activation?: string
  /** The mean activity that its regularizer asks for, if it names one. */
  readonly target?: number
}

type LayerSpec = Spec & { activation?: Spec; activityRegularizer?: Spec & { target?: number } }

/**
 * The chosen layers of a model; without a choice the regularized ones, or else the code. Throws `SandglassError` (`spec`) on a path that
 * no layer has.
 */
export function observedLayers(model: Model, choice?: LayerChoice): ObservedLayer[] {
  return pathsOf(model, choice).map((path) => {
    const spec = specAt(model, path)
    const activation = activationAt(model, path)
    const target = spec?.activityRegularizer?.target
    return {
      path,
      type: model.layers.find((layer) => layer.path === path)?.type ?? spec?.type ?? '',
      ...(activation !== undefined && { activation }),
      ...(target !== undefined && { target }),
    }
  })
}

function pathsOf(model: Model, choice?: LayerChoice): readonly string[] {
  const paths = model.layers.map(({ path }) => path)
  if (choice !== undefined && typeof choice !== 'string') {
    const unknown = choice.find((path) => !paths.includes(path))
    if (unknown !== undefined)
      throw new SandglassError('spec', `the model has no layer "${unknown}"`, {
        expected: `some of ${paths.join(', ')}`,
      })
    return choice
  }
  const code = paths.filter((path) => path.startsWith('encoder/')).slice(-1)
  if (choice === 'code') return code
  if (choice === 'hidden') return hidden(model, paths)
  const regularized = paths.filter((path) => {
    const spec = specAt(model, path)
    return spec?.activityRegularizer !== undefined || spec?.type === 'activityRegularization'
  })
  return regularized.length || choice === 'regularized' ? regularized : code
}

/** Every layer with an activation but the last of each part that ends in an output. */
function hidden(model: Model, paths: readonly string[]): string[] {
  const active = paths.filter((path) => ownActivation(specAt(model, path)) !== undefined)
  const part = (path: string) => path.split('/')[0]!
  return active.filter(
    (path, i) => part(path) === 'encoder' || active.slice(i + 1).some((later) => part(later) === part(path)),
  )
}

/** The spec of the layer at `encoder/2` is `spec.encoder[2]`, in whatever model. */
function specAt({ spec }: Model, path: string): LayerSpec | undefined {
  let found: unknown = spec
  for (const step of path.split('/'))
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, step)
        ? (found as Record<string, unknown>)[step]
        : undefined
  return typeof found === 'object' && found !== null && 'type' in found ? (found as LayerSpec) : undefined
}

// What these give out is, where it is not zero, what came in, or its mean or maximum.
const PASSING = new Set([
  'flatten',
  'reshape',
  'dropout',
  'gaussianNoise',
  'activityRegularization',
  'maxPooling2d',
  'averagePooling2d',
  'globalMaxPooling2d',
  'globalAveragePooling2d',
  'repeatVector',
])

function activationAt(model: Model, path: string): string | undefined {
  const spec = specAt(model, path)
  const own = ownActivation(spec)
  if (own !== undefined || !spec || !PASSING.has(spec.type)) return own
  const [, part, index] = /^(.*)\/(\d+)$/.exec(path) ?? []
  return part === undefined || index === '0' ? undefined : activationAt(model, `${part}/${Number(index) - 1}`)
}

function ownActivation(spec: LayerSpec | undefined): string | undefined {
  const type = spec?.activation?.type
  return type === 'linear' ? undefined : type
}

// Positive everywhere, so that a unit is never quite off.
const NEVER_ZERO = new Set(['sigmoid', 'softplus', 'exponential'])
const RECTIFIERS = new Set([
  'relu',
  'relu6',
  'hardShrink',
  'softShrink',
  'sparsePlus',
  'hardSigmoid',
  'sparseSigmoid',
])

/** Mean magnitude up to which a unit counts as dead: 0.001 where activations are never quite zero, otherwise 0. */
export function usualThreshold({ activation }: ObservedLayer): number {
  return activation !== undefined && NEVER_ZERO.has(activation) ? 1e-3 : 0
}

/** Whether this activation switches units off for some inputs, as rectifiers and sigmoids do. */
export function switchesOff({ activation }: ObservedLayer): boolean {
  return activation !== undefined && (NEVER_ZERO.has(activation) || RECTIFIERS.has(activation))
}
