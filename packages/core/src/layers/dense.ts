import { add, matMul, reshape } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { activationResult } from '../activation'
import { defineLayer } from '../define-layer'
import { SandglassError } from '../errors'
import type { Layer, LayerSite } from '../layer'
import { activationSpec, initializerSpec, positiveInt, regularizerSpec } from '../schemas'
import { showShape } from '../shape'
import type { SharedWeight, WeightDeclaration } from '../weight'

/**
 * `activation(x · kernel + bias)` on the last axis: `[batch, …, n]` → `[batch, …, units]`.
 *
 * With `tiedTo` (path or name of an earlier dense layer) the kernel is the transpose of that layer's, which stays its
 * owner; only the bias is new.
 */
export const dense = defineLayer({
  type: 'dense',
  description: 'fully connected layer, optionally tied to an earlier one',
  aliases: {
    type: ['linear', 'fullyConnected', 'fc'],
    options: { units: ['outFeatures'], useBias: ['bias'] },
    absent: { inFeatures: 'it comes from the layer before' },
  },
  options: {
    units: positiveInt,
    activation: activationSpec().prefault('linear'),
    useBias: z.boolean().default(true),
    kernelInitializer: initializerSpec().prefault('glorotUniform'),
    biasInitializer: initializerSpec().prefault('zeros'),
    kernelRegularizer: regularizerSpec().optional(),
    biasRegularizer: regularizerSpec().optional(),
    tiedTo: z.string().optional(),
  },
  build: (spec, site) => {
    const { registry, inputShape, path } = site
    const { units, useBias, tiedTo } = spec
    const width = inputShape.at(-1)
    if (width === undefined)
      throw new SandglassError('shape', `${path}: a dense layer needs at least one axis`, {
        got: `input of shape ${showShape(inputShape)}`,
      })
    const activation = registry.build('activation', spec.activation)
    const regularizer = spec.kernelRegularizer && registry.build('regularizer', spec.kernelRegularizer)
    return {
      outputShape: [...inputShape.slice(0, -1), units],
      traits: { width: 'units', activation: spec.activation, filters: { weight: 'kernel' } },
      weights: {
        kernel: tiedTo
          ? tiedKernel(site, tiedTo, width, units)
          : {
              shape: [width, units],
              initializer: registry.build('initializer', spec.kernelInitializer),
              regularizer,
            },
        ...(useBias && {
          bias: {
            shape: [units],
            initializer: registry.build('initializer', spec.biasInitializer),
            regularizer: spec.biasRegularizer && registry.build('regularizer', spec.biasRegularizer),
          },
        }),
      },
      apply: ({ input, weights, mask }) => {
        const rows = input.rank === 2 ? input : reshape(input, [-1, width])
        const product = matMul(rows as never, weights.kernel as never, false, tiedTo !== undefined)
        const z = weights.bias ? add(product, weights.bias) : product
        const shaped = input.rank === 2 ? z : reshape(z, [...input.shape.slice(0, -1), units])
        return { ...activationResult(activation, shaped), mask }
      },
    }
  },
})

function tiedKernel(
  { path, earlier }: LayerSite,
  tiedTo: string,
  width: number,
  units: number,
): SharedWeight {
  const owner = earlier.get(tiedTo)
  const kernel = owner && ownKernel(owner)
  if (!owner || !kernel) {
    const dense = [...earlier].filter(([, other]) => ownKernel(other)).map(([name]) => name)
    throw new SandglassError('spec', `${path}: cannot tie to "${tiedTo}"`, {
      got: owner ? `a layer without a dense kernel of its own${of(owner)}` : 'no such earlier layer',
      expected: dense.length
        ? `one of ${dense.join(', ')}`
        : 'a dense layer before it, of which there is none',
      advice: 'tiedTo takes the path ("encoder/1") or the name of a dense layer that comes before.',
    })
  }
  const [rows, columns] = kernel.shape as [number, number]
  if (rows !== units || columns !== width) {
    const named = tiedTo === owner.path ? owner.path : `${owner.path} ("${tiedTo}")`
    const fits = [...earlier.values()].find((other) => {
      const shape = ownKernel(other)?.shape
      return shape?.[0] === units && shape[1] === width
    })
    throw new SandglassError('shape', `${path}: does not mirror ${named}, to which it is tied`, {
      got: `a kernel of ${showShape([width, units])} at ${path}: input width ${width} and ${units} units`,
      expected: `${showShape([columns, rows])}, the transpose of the kernel of ${showShape(kernel.shape)} at ${owner.path}: input width ${columns} and ${rows} units`,
      advice: fits
        ? `It does mirror ${fits.path}: tiedTo: "${fits.path}".`
        : columns === width
          ? `Give it ${rows} units.`
          : 'Tie the first layer of the decoder to the last of the encoder, the second to the last but one, and so on.',
    })
  }
  return { sharedWith: `${owner.path}/kernel` }
}

/** The kernel of a dense layer, unless it is itself another's. */
function ownKernel({ weights }: Layer): WeightDeclaration | undefined {
  const { kernel } = weights
  if (!kernel || 'sharedWith' in kernel || kernel.shape.length !== 2 || weights.recurrentKernel)
    return undefined
  return kernel
}

function of({ type, path }: Layer): string {
  return type === undefined ? '' : `, ${type} at ${path}`
}
