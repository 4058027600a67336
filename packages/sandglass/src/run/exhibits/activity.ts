import type { ActivityRecord, LayerActivity } from '@sandglass/trainer'
import { activityCurve } from '../../report/activity-curve'
import { histogram } from '../../report/histogram'
import type { Exhibit } from '../../report/report'

/** `3 of 300 units` */
export function deadUnits({ dead, means }: LayerActivity): string {
  return `${dead.length || 'none'} of ${means.length}`
}

/** How active each unit is at the end of the run. */
export function activityExhibit(activity: LayerActivity, part: string, several: boolean): Exhibit {
  const { path, means, target, dead } = activity
  return {
    name: several ? `mean activation of ${path}` : 'mean activation',
    caption: `How active each of the ${means.length} units of ${path} is on average over the ${part} data. ${
      target === undefined
        ? ''
        : 'A sparse layer has its units near the target: each answers to few samples. '
    }Dead units: ${deadUnits(activity)}${dead.length ? `, which give nothing for any sample: ${listed(dead)}` : ''}.`,
    figure: histogram({
      title: `Mean activation of the units of ${path}`,
      values: means,
      xLabel: 'mean activation',
      yLabel: 'units',
      mark: target === undefined ? undefined : { value: target, name: 'target' },
    }),
  }
}

/** How it came to be, epoch by epoch; undefined for fewer than two epochs. */
export function activityByEpoch(record: ActivityRecord, several: boolean): Exhibit | undefined {
  const { path, epochs, units, dead } = record
  if (epochs.length < 2) return undefined
  const last = dead.at(-1)!
  return {
    name: several ? `mean activation of ${path} by epoch` : 'mean activation by epoch',
    caption: `Mean activation of the ${units} units of ${path} after each epoch: the mean of all, and the band in which the middle 80 % of the units lie. Dead units: ${dead[0]} of ${units} after the first epoch, ${last} after the last.`,
    figure: activityCurve(record),
  }
}

function listed(units: readonly number[]): string {
  const shown = units.slice(0, 20).join(', ')
  return units.length > 20 ? `${shown}…` : shown
}
