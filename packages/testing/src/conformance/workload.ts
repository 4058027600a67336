import type { Workload } from '@sandglass/core'
import { type Checker, demand } from './checker'

/** Its model builds on its fields and trains on them; its optimizer is known. */
export function checkWorkload({ registry, check }: Checker, { model, fields, ...rest }: Workload): void {
  check('model', () => {
    const built = registry.build('model', model, { registry, fields })
    for (const objective of built.objectives)
      for (const [field, need] of Object.entries(objective.fields))
        demand(
          need === 'optional' || field in fields,
          `the objective "${objective.name}" reads the field "${field}", which the workload lacks`,
        )
  })
  check('optimizer', () => void registry.parse('optimizer', rest.optimizer))
  check('batch sizes', () =>
    demand(
      rest.batchSizes.length > 0 && rest.batchSizes.every((size) => Number.isSafeInteger(size) && size > 0),
      `[${rest.batchSizes}] are no batch sizes`,
    ),
  )
}
