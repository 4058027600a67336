import { SandglassError, type ScheduleProgress } from '@sandglass/core'

type Length = Pick<ScheduleProgress, 'stepsPerEpoch' | 'totalSteps'>

/**
 * A point of a run, for its schedules. Where the length of the run is not known yet (`length` is undefined), asking for it
 * throws `SandglassError` (`spec`) that names the stream.
 */
export function scheduleProgress(
  { step, epoch, history, monitor }: Omit<ScheduleProgress, keyof Length>,
  length: Length | undefined,
  stream: string,
): ScheduleProgress {
  if (length) {
    // Plain, because it is made at every step.
    const { stepsPerEpoch, totalSteps } = length
    return { step, epoch, history, monitor, stepsPerEpoch, totalSteps }
  }
  return {
    step,
    epoch,
    history,
    monitor,
    get stepsPerEpoch() {
      return unknown(stream)
    },
    get totalSteps() {
      return unknown(stream)
    },
  }
}

function unknown(stream: string): never {
  throw new SandglassError('spec', 'the schedule needs to know how long the run is', {
    got: `the stream "${stream}", whose size is not known in the first epoch`,
    advice: 'Give the stream its size, or the schedule its own length (decaySteps, steps).',
  })
}
