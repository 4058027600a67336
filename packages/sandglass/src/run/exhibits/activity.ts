import type { Exhibit } from '@sandglass/core'
import type { ActivityRecord, LayerActivity } from '@sandglass/trainer'

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
    data: {
      type: 'histogram',
      title: `Mean activation of the units of ${path}`,
      values: means,
      xLabel: 'mean activation',
      yLabel: 'units',
      mark: target === undefined ? undefined : { value: target, name: 'target' },
    },
  }
}

/** How it came to be, epoch by epoch; undefined for fewer than two epochs. */
export function activityByEpoch(record: ActivityRecord, several: boolean): Exhibit | undefined {
  const { path, epochs, units, means, dead, target } = record
  if (epochs.length < 2) return undefined
  const last = dead.at(-1)!
  const rows = epochs.map((_, e) =>
    Array.from({ length: units }, (_, unit) => means[e * units + unit]!).sort((a, b) => a - b),
  )
  return {
    name: several ? `mean activation of ${path} by epoch` : 'mean activation by epoch',
    caption: `Mean activation of the ${units} units of ${path} after each epoch: the mean of all, and the band in which the middle 80 % of the units lie. Dead units: ${dead[0]} of ${units} after the first epoch, ${last} after the last.`,
    data: {
      type: 'curves',
      title: `Mean activation of ${path} by epoch`,
      xLabel: 'epoch',
      yLabel: 'mean activation',
      x: epochs,
      series: [
        {
          name: 'mean',
          values: rows.map((row) => row.reduce((sum, value) => sum + value, 0) / units),
          band: {
            name: 'middle 80 % of the units',
            low: rows.map((row) => quantile(row, 0.1)),
            high: rows.map((row) => quantile(row, 0.9)),
          },
        },
      ],
      mark: target === undefined ? undefined : { value: target, name: 'target' },
      note: `dead units: ${last} of ${units}`,
    },
  }
}

function listed(units: readonly number[]): string {
  const shown = units.slice(0, 20).join(', ')
  return units.length > 20 ? `${shown}…` : shown
}

/** By linear interpolation between sorted values. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
  return below + (above - below) * (at - Math.floor(at))
}
