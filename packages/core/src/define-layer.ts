import { z } from 'zod'
import type { Aliases } from './aliases'
import { type Defined, define } from './definition'
import type { Layer, LayerSite } from './layer'
import { regularizerSpec } from './schemas'
import type { Spec } from './spec'

/** Options that every layer has. */
const common = {
  /** A name by which other layers may refer to this one. */
  name: z.string().min(1).optional(),
  /** False freezes the layer: its weights stay and batch normalization uses its averages. */
  trainable: z.boolean().default(true),
  /** Penalty on the output, divided by the batch size. */
  activityRegularizer: regularizerSpec().optional(),
}

/** What a definition need not say of a layer. */
type Defaulted = 'path' | 'inputShape' | 'weights' | 'traits'

const ofTheData = 'the shape of a sample comes from the data, or from the option inputShape of the model'

/** Options that layers have elsewhere. */
const commonAbsent = {
  inputShape: ofTheData,
  inputDim: ofTheData,
  batchInputShape: ofTheData,
  dtype: 'all is computed in 32-bit floats',
  seed: 'the seed of the run decides, fit(…, { seed })',
}

type WithCommon<Shape extends z.ZodRawShape> = z.ZodObject<Shape & typeof common, z.core.$strict>

/** Defines a layer type; `options` are its own, to which the options common to all layers are added. */
export function defineLayer<const Type extends string, Shape extends z.ZodRawShape>(body: {
  type: Type
  description: string
  aliases?: Aliases<keyof Shape & string>
  options: Shape
  build(
    spec: Spec<Type> & z.output<WithCommon<Shape>>,
    site: LayerSite,
  ): Omit<Layer, Defaulted> & Partial<Pick<Layer, Defaulted>>
}): Defined<'layer', Type, WithCommon<Shape>> {
  const { options, aliases, build, ...rest } = body
  return define('layer', {
    ...rest,
    aliases: { ...aliases, absent: { ...commonAbsent, ...aliases?.absent } },
    schema: z.strictObject({ ...options, ...common }),
    build: (spec, site) => ({
      path: site.path,
      inputShape: site.inputShape,
      weights: {},
      traits: {},
      ...build(spec, site),
    }),
  })
}
