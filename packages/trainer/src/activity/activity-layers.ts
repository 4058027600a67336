import { type Activation, type Layer, type Model, passesOn, SandglassError, type Spec } from '@sandglass/core'

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
  /** Type of its activation, or of that of the layer before whose activity it passes on. */
  readonly activation?: string
  /** What the activation gives where a unit is off, if it ever is. */
  readonly off?: Activation['off']
  /** The mean activity that its regularizer asks for, if it names one. */
  readonly target?: number
}

/**
 * The chosen layers of a model; without a choice the regularized ones, or else the code. Throws `SandglassError`
 * (`spec`) on a path that no layer has.
 */
export function observedLayers(model: Model, choice?: LayerChoice): ObservedLayer[] {
  return pathsOf(model, choice).map((path) => {
    const layer = layerAt(model, path)!
    const activation = activationOf(model, layer)
    const off = activation && model.registry.build('activation', activation).off
    const target = layer.traits.penalty && targetOf(layer.traits.penalty)
    return {
      path,
      type: layer.type ?? '',
      ...(activation && { activation: activation.type }),
      ...(off && { off }),
      ...(target !== undefined && { target }),
    }
  })
}

function layerAt({ layers }: Model, path: string): Layer | undefined {
  return layers.find((layer) => layer.path === path)
}

function targetOf(penalty: Spec): number | undefined {
  return 'target' in penalty && typeof penalty.target === 'number' ? penalty.target : undefined
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
  const regularized = paths.filter((path) => layerAt(model, path)?.traits.penalty)
  return regularized.length || choice === 'regularized' ? regularized : code
}

/** Every layer with an activation but the last of each part that ends in an output. */
function hidden(model: Model, paths: readonly string[]): string[] {
  const active = paths.filter((path) => ownActivation(model, layerAt(model, path)!))
  const part = (path: string) => path.split('/')[0]!
  return active.filter(
    (path, i) => part(path) === 'encoder' || active.slice(i + 1).some((later) => part(later) === part(path)),
  )
}

function activationOf(model: Model, layer: Layer): Spec | undefined {
  const own = ownActivation(model, layer)
  if (own || !passesOn(layer.traits)) return own
  const [, part, index] = /^(.*)\/(\d+)$/.exec(layer.path) ?? []
  const before = part === undefined ? undefined : layerAt(model, `${part}/${Number(index) - 1}`)
  return before && activationOf(model, before)
}

/** The activation of a layer, if it is one at all. */
function ownActivation({ registry }: Model, { traits: { activation } }: Layer): Spec | undefined {
  return activation && !registry.build('activation', activation).identity ? activation : undefined
}

/** Mean magnitude up to which a unit counts as dead: 0.001 where activations are never quite zero, otherwise 0. */
export function usualThreshold({ off }: ObservedLayer): number {
  return off === 'nearly' ? 1e-3 : 0
}

/** Whether this activation switches units off for some inputs, as rectifiers and sigmoids do. */
export function switchesOff({ off }: ObservedLayer): boolean {
  return off !== undefined
}
