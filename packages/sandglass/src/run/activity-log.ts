import { writeFileAtomic } from '@sandglass/core/node'
import { type ActivityRecord, activityRecords, type Callback } from '@sandglass/trainer'

/**
 * Writes what the callback `watching`, an `activity` that comes before it, has recorded to a file: a line of JSON for
 * each epoch and layer, with the mean activation of every unit and the number of dead ones. A resumed run's file is that
 * of an uninterrupted one.
 */
export function activityLog(watching: Callback, path: string): Callback {
  return {
    name: 'activityLog',
    onEpoch: async () => {
      const state = watching.state?.()
      const records = state ? activityRecords({ callbacks: { activity: state } }) : []
      if (records.length) await writeFileAtomic(path, new TextEncoder().encode(linesOf(records)))
    },
  }
}

export function linesOf(records: readonly ActivityRecord[]): string {
  const epochs = records[0]?.epochs ?? []
  return epochs
    .flatMap((epoch, e) =>
      records.map(({ path, units, means, dead }) => {
        const values = Array.from(means.subarray(e * units, (e + 1) * units), (v) => Number(v.toPrecision(6)))
        return `${JSON.stringify({ epoch, layer: path, dead: dead[e], means: values })}\n`
      }),
    )
    .join('')
}
