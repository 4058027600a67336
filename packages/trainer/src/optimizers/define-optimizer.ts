import { type Defined, define, nonNegative, positive, rate, type Spec } from '@sandglass/core'
import { z } from 'zod'
import { learningRateSpec } from '../schedules/learning-rate'
import { averaged } from './average'
import { clipped } from './clip'
import { decayed } from './decay'
import { fromRule, type Rule } from './rule'

/** Options that every optimizer has. */
const common = {
  /** Each element of a gradient into `[−clipValue, clipValue]`. */
  clipValue: positive.optional(),
  /** Each weight's gradient to at most this L2 norm. */
  clipNorm: positive.optional(),
  /** All gradients together to at most this L2 norm. */
  globalClipNorm: positive.optional(),
  /** Share of a weight that decays at each update, times the learning rate. */
  weightDecay: nonNegative.optional(),
  /** Keeps a moving average of the weights to evaluate with; 0.99 is usual. */
  emaMomentum: rate.optional(),
}

const clippings = ['clipValue', 'clipNorm', 'globalClipNorm'] as const

type Common = typeof common & { learningRate: z.ZodDefault<ReturnType<typeof learningRateSpec>> }
type WithCommon<Options extends z.ZodRawShape> = z.ZodObject<
  Omit<Common, keyof Options> & Options,
  z.core.$strict
>

/**
 * Defines an optimizer type from its rule; learning rate, clipping, weight decay and averaging are added. `options`
 * are its own and may replace common ones. `learningRate` is the default.
 */
export function defineOptimizer<const Type extends string, Options extends z.ZodRawShape>(body: {
  type: Type
  description: string
  learningRate: number
  options: Options
  rule(spec: Spec<Type> & z.output<z.ZodObject<Options>>): Rule
}): Defined<'optimizer', Type, WithCommon<Options>> {
  const { type, description, learningRate, options, rule } = body
  const shape = { learningRate: learningRateSpec().default(learningRate), ...common, ...options }
  const schema = z
    .strictObject(shape)
    .refine((spec) => clippings.filter((name) => (spec as Common)[name] !== undefined).length <= 1, {
      error: `only one of ${clippings.join(', ')} may be given`,
    })
  return define('optimizer', {
    type,
    description,
    schema: schema as unknown as WithCommon<Options>,
    build: (spec) => {
      const { learningRate, clipValue, clipNorm, globalClipNorm, weightDecay, emaMomentum } =
        spec as unknown as {
          [K in keyof Common]: z.output<Common[K]>
        }
      const base = fromRule(rule(spec as never), learningRate)
      const clippedBase = clipped(base, { clipValue, clipNorm, globalClipNorm })
      return averaged(decayed(clippedBase, weightDecay), emaMomentum)
    },
  })
}
