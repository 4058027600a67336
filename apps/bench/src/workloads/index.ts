import type { Task, Workload } from '../workload'
import { convolutional } from './convolutional'
import { recurrent } from './recurrent'
import { sparse } from './sparse'
import { stacked } from './stacked'

export const workloads: readonly Workload[] = [sparse, stacked, convolutional, recurrent]

/** Every workload at each of its batch sizes. */
export const tasks: readonly Task[] = workloads.flatMap((workload) =>
  workload.batchSizes.map((batch) => ({ id: `${workload.name}-${batch}`, workload, batch })),
)

/** Tasks that match any of the given names (`sparse`, `sparse-32`), or all. Throws when a name matches none. */
export function selectTasks(names: readonly string[] | undefined): readonly Task[] {
  if (!names?.length) return tasks
  for (const name of names)
    if (!tasks.some((task) => matches(task, name)))
      throw new Error(`no workload "${name}"; there are ${tasks.map(({ id }) => id).join(', ')}`)
  return tasks.filter((task) => names.some((name) => matches(task, name)))
}

function matches({ id, workload }: Task, name: string): boolean {
  return id === name || workload.name === name
}
