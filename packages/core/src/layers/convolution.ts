import { add, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { type Activation, activationResult } from '../activation'
import { SandglassError } from '../errors'
import type { LayerSite } from '../layer'
import type { LayerResult } from '../layer-result'
import type { Pair } from '../ops/windows'
import type { Registry } from '../registry'
import { activationSpec, initializerSpec, regularizerSpec } from '../schemas'
import type { Shape } from '../shape'
import type { Spec } from '../spec'
import type { WeightDeclaration } from '../weight'
import { imageShape, type Padding, pairOf, positions, show } from './image'

/** Options that all convolutions have. */
export const convolutionOptions = {
  activation: activationSpec().prefault('linear'),
  useBias: z.boolean().default(true),
  kernelInitializer: initializerSpec().prefault('glorotUniform'),
  biasInitializer: initializerSpec().prefault('zeros'),
  kernelRegularizer: regularizerSpec().optional(),
  biasRegularizer: regularizerSpec().optional(),
}

/** What these options are called in PyTorch. */
export const convolutionNames = {
  filters: ['outChannels'],
  strides: ['stride'],
  dilationRate: ['dilation'],
  useBias: ['bias'],
} as const

/** Options that convolutions have elsewhere. */
export const convolutionAbsent = {
  dataFormat: 'channels always come last, [height, width, channels]',
  inChannels: 'their number comes from the input',
  groups: 'there are depthwiseConv2d and separableConv2d',
}

interface Source {
  initializer: Spec
  regularizer?: Spec | undefined
}

export function declare(
  registry: Registry,
  shape: Shape,
  { initializer, regularizer }: Source,
): WeightDeclaration {
  return {
    shape,
    initializer: registry.build('initializer', initializer),
    regularizer: regularizer && registry.build('regularizer', regularizer),
  }
}

interface BiasOptions {
  useBias: boolean
  biasInitializer: Spec
  biasRegularizer?: Spec | undefined
}

/** `{ bias }`, or nothing without one. */
export function biasWeight(
  registry: Registry,
  units: number,
  { useBias, biasInitializer, biasRegularizer }: BiasOptions,
): Record<string, WeightDeclaration> {
  return useBias
    ? { bias: declare(registry, [units], { initializer: biasInitializer, regularizer: biasRegularizer }) }
    : {}
}

/** `activation(y + bias)`. */
export function activated(activation: Activation, y: Tensor, bias: Tensor | undefined): LayerResult {
  return activationResult(activation, bias ? add(y, bias) : y)
}

interface GeometryOptions {
  kernelSize: number | readonly number[]
  strides: number | readonly number[]
  dilationRate: number | readonly number[]
  padding: Padding
}

interface Geometry {
  readonly size: Pair
  readonly strides: [number, number]
  readonly dilation: Pair
  readonly channels: number
  /** Height and width of the result. */
  readonly extents: Pair
}

/** How a kernel moves over an image; throws when the input is none or is smaller than the kernel. */
export function convolutionGeometry(options: GeometryOptions, { path, inputShape }: LayerSite): Geometry {
  const [height, width, channels] = imageShape(inputShape, path, 'a convolution')
  const size = pairOf(options.kernelSize)
  const strides = pairOf(options.strides)
  const dilation = pairOf(options.dilationRate)
  checkDilation(path, strides, dilation)
  const spread: Pair = [(size[0] - 1) * dilation[0] + 1, (size[1] - 1) * dilation[1] + 1]
  const extents = positions([height, width], spread, strides, options.padding, { path, what: 'a kernel' })
  return { size, strides: [...strides], dilation, channels, extents }
}

/** As in Keras: a kernel may skip pixels or be spread out, not both. */
export function checkDilation(path: string, strides: Pair, dilation: Pair): void {
  if (strides.some((s) => s > 1) && dilation.some((d) => d > 1))
    throw new SandglassError('spec', `${path}: strides and dilationRate cannot both be above 1`, {
      got: `strides ${show(strides)} and dilationRate ${show(dilation)}`,
    })
}
