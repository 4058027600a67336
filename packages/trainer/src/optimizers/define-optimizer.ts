import { type Aliases, type Defined, define, nonNegative, positive, rate, type Spec } from '@sandglass/core'
import { z } from 'zod'
import { learningRateSpec } from '../schedules/learning-rate'
import { averaged } from './average'
import { clipped } from './clip'
import { decayed } from './decay'
import { fromRule, type Rule } from './rule'

/** Options that every optimizer has, with the defaults of this one. */
const commonOptions = (learningRate: number, weightDecay: number | undefined) => ({
  learningRate: learningRateSpec().default(learningRate),
  /** Each element of a gradient into `[−clipValue, clipValue]`. */
  clipValue: positive.optional(),
  /** Each weight's gradient to at most this L2 norm. */
  clipNorm: positive.optional(),
  /** All gradients together to at most this L2 norm. */
  globalClipNorm: positive.optional(),
  /** Share of a weight that decays at each update, times the learning rate. */
  weightDecay: weightDecay === undefined ? nonNegative.optional() : nonNegative.default(weightDecay),
  /** Keeps a moving average of the weights to evaluate with; 0.99 is usual. */
  emaMomentum: rate.optional(),
})

const clippings = ['clipValue', 'clipNorm', 'globalClipNorm'] as const

const commonNames = {
  learningRate: ['lr', 'initialLearningRate', 'stepSize'],
  globalClipNorm: ['maxNorm', 'maxGradNorm'],
  emaMomentum: ['useEma'],
}

const commonAbsent = {
  decay: 'rates that change are schedules, learningRate: exponentialSchedule({ … })',
  jitCompile: 'steps are compiled where the backend can',
}

/** Options of the optimizers of the family of Adam elsewhere. */
export const betasAbsent = { betas: 'they are two options here, beta1 and beta2' }

type Common = ReturnType<typeof commonOptions>
type WithCommon<Options extends z.ZodRawShape> = z.ZodObject<Options & Common, z.core.$strict>

/**
 * Defines an optimizer type from its rule; learning rate, clipping, weight decay and averaging are added. `options`
 * are its own; `learningRate` and `weightDecay` the defaults of the common ones.
 */
export function defineOptimizer<const Type extends string, Options extends z.ZodRawShape>(body: {
  type: Type
  description: string
  aliases?: Aliases<(keyof Options & string) | keyof Common>
  learningRate: number
  /** Absent: weights do not decay unless asked to. */
  weightDecay?: number
  options: Options
  rule(spec: Spec<Type> & z.output<WithCommon<Options>>): Rule
}): Defined<'optimizer', Type, WithCommon<Options>> {
  const { type, description, aliases, options, rule } = body
  const common = commonOptions(body.learningRate, body.weightDecay)
  const shared = z.object(common)
  const schema = z
    .strictObject({ ...options, ...common })
    .refine((spec) => clippings.filter((name) => Reflect.get(spec, name) !== undefined).length <= 1, {
      error: `only one of ${clippings.join(', ')} may be given`,
    })
  return define('optimizer', {
    type,
    description,
    aliases: {
      ...aliases,
      options: { ...commonNames, ...aliases?.options },
      absent: { ...commonAbsent, ...aliases?.absent },
    },
    schema,
    build: (spec) => {
      const { learningRate, clipValue, clipNorm, globalClipNorm, weightDecay, emaMomentum } =
        shared.parse(spec)
      const base = fromRule(rule(spec), learningRate)
      const clippedBase = clipped(base, { clipValue, clipNorm, globalClipNorm })
      return averaged(decayed(clippedBase, weightDecay), emaMomentum)
    },
  })
}
