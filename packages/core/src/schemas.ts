import { z } from 'zod'
import { specRef } from './definition'
import type {
  ActivationSpec,
  CorruptionSpec,
  InitializerSpec,
  LayerSpec,
  LossSpec,
  MappingRegularizerSpec,
  MetricSpec,
  RegularizerSpec,
  ScheduleSpec,
} from './specs'

// The building blocks of definitions' schemas.
export const positiveInt = z.int().positive()
export const positive = z.number().positive()
export const nonNegative = z.number().nonnegative()
/** `[0, 1)` */
export const rate = z.number().min(0).lt(1)

// Functions, because the augmentable maps refer to the very definitions that use these.
export const activationSpec = (): z.ZodType<{ type: string }, ActivationSpec> => specRef('activation')
export const corruptionSpec = (): z.ZodType<{ type: string }, CorruptionSpec> => specRef('corruption')
export const initializerSpec = (): z.ZodType<{ type: string }, InitializerSpec> => specRef('initializer')
export const layerSpec = (): z.ZodType<{ type: string }, LayerSpec> => specRef('layer')
export const lossSpec = (): z.ZodType<{ type: string }, LossSpec> => specRef('loss')
export const mappingRegularizerSpec = (): z.ZodType<{ type: string }, MappingRegularizerSpec> =>
  specRef('mappingRegularizer')
export const metricSpec = (): z.ZodType<{ type: string }, MetricSpec> => specRef('metric')
export const regularizerSpec = (): z.ZodType<{ type: string }, RegularizerSpec> => specRef('regularizer')
export const scheduleSpec = (): z.ZodType<{ type: string }, ScheduleSpec> => specRef('schedule')
/** A number that may change while training: its value, or the schedule that it follows. */
export const controlSpec = (): z.ZodType<number | { type: string }, number | ScheduleSpec> =>
  z.union([z.number(), scheduleSpec()], { error: 'expected a number or a schedule' })
