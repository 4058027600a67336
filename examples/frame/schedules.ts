import { cosineSchedule, type ScheduleSpec, warmUpSchedule } from 'sandglass'

/** A learning rate that rises from 0 to `peak` in `epochs` epochs and then falls to 0 along half a cosine. */
export function warmedCosine(peak: number, epochs = 1): ScheduleSpec {
  return warmUpSchedule({ epochs, to: cosineSchedule({ initial: peak }) })
}
