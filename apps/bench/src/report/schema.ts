import { z } from 'zod'

const spread = z.object({ median: z.number(), least: z.number(), most: z.number() })

export const machineSchema = z.object({
  cpu: z.string(),
  cores: z.int(),
  memoryGiB: z.number(),
  system: z.string(),
  node: z.string(),
  load: z.number(),
  date: z.string(),
})

const stepResult = z.object({
  engine: z.string(),
  role: z.enum(['ours', 'peer', 'javascript']),
  version: z.string(),
  /** Milliseconds a step, by round. */
  rounds: z.array(z.number()),
  medianMs: z.number(),
  /** Its time over ours, paired by round; more than 1 means that ours is faster. */
  ratio: spread,
  gflops: z.number(),
  shareOfPeak: z.number().optional(),
  /** Until the engine was ready, and its first step. */
  openMs: z.number(),
  firstStepMs: z.number(),
})

/** What `step --json` writes. */
export const stepReportSchema = z.object({
  kind: z.literal('step'),
  machine: machineSchema,
  rounds: z.int(),
  flopsFormula: z.string(),
  /** Best median rate of a single-precision product, GFLOP/s. */
  sgemmPeak: z.object({ gflops: z.number(), of: z.string() }).optional(),
  workloads: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      batch: z.int(),
      flops: z.number(),
      results: z.array(stepResult),
      /** Engines that were not measured, and why. */
      left_out: z.array(z.object({ engine: z.string(), why: z.string() })),
    }),
  ),
  /** Geometric mean over workloads of the best peer's time over ours. */
  geometricMeanOverBestPeer: z.number().optional(),
})

const coldResult = z.object({
  contestant: z.string(),
  seconds: z.array(z.number()),
  medianSeconds: z.number(),
  peakMiB: z.number(),
  /** Ours over its, paired by round. */
  timeRatio: spread,
  memoryRatio: z.number(),
  loss: z.number(),
})

/** What `cold --json` writes. */
export const coldReportSchema = z.object({
  kind: z.literal('cold'),
  machine: machineSchema,
  rounds: z.int(),
  samples: z.int(),
  data: z.string(),
  results: z.array(coldResult),
  left_out: z.array(z.object({ engine: z.string(), why: z.string() })),
})

/** What `compile --json` writes. */
export const compileReportSchema = z.object({
  kind: z.literal('compile'),
  machine: machineSchema,
  rounds: z.int(),
  workloads: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      /** In a fresh process: opening the session, and the first step, which traces and compiles, less a later one. */
      openMs: spread,
      compileMs: spread,
    }),
  ),
  left_out: z.array(z.object({ engine: z.string(), why: z.string() })),
})

export const reportSchema = z.discriminatedUnion('kind', [
  stepReportSchema,
  coldReportSchema,
  compileReportSchema,
])
export type StepReport = z.infer<typeof stepReportSchema>
export type ColdReport = z.infer<typeof coldReportSchema>
export type CompileReport = z.infer<typeof compileReportSchema>
export type Report = z.infer<typeof reportSchema>
