import {
  type HostRecord,
  SandglassError,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  type TrainingState,
} from '@sandglass/core'

type Shapes = Readonly<Record<string, Shape>>

/** Shapes of all that a session holds: weights, and slots by objective. */
export interface StateShapes {
  readonly weights: Shapes
  readonly slots: Readonly<Record<string, Shapes>>
}

/** Throws `SandglassError` unless every part of `state` belongs to a session of these shapes. */
export function checkState(state: Partial<TrainingState>, { weights, slots }: StateShapes): void {
  checkRecord(state.weights ?? {}, weights, 'weight')
  for (const [objective, record] of Object.entries(state.slots ?? {}))
    checkRecord(record, slotsOf(objective, slots), `slot of "${objective}"`)
  for (const [objective, count] of Object.entries(state.iterations ?? {})) {
    slotsOf(objective, slots)
    if (!Number.isSafeInteger(count) || count < 0)
      throw new SandglassError('data', `the iterations of "${objective}" cannot be restored`, {
        got: String(count),
        expected: 'an integer from 0 up',
      })
  }
}

function slotsOf(objective: string, slots: StateShapes['slots']): Shapes {
  const found = Object.hasOwn(slots, objective) ? slots[objective] : undefined
  if (found) return found
  throw new SandglassError('data', `the state is of an objective "${objective}", which is not trained here`, {
    expected: Object.keys(slots).join(', ') || 'no objective',
  })
}

function checkRecord(record: HostRecord, shapes: Shapes, what: string): void {
  for (const [name, { shape, data }] of Object.entries(record)) {
    const expected = Object.hasOwn(shapes, name) ? shapes[name] : undefined
    if (!expected)
      throw new SandglassError('data', `there is no ${what} named "${name}"`, {
        expected: Object.keys(shapes).join(', ') || 'none',
      })
    if (!sameShape(shape, expected))
      throw new SandglassError('shape', `the ${what} "${name}" has another shape`, {
        got: showShape(shape),
        expected: showShape(expected),
      })
    if (data.length !== sizeOf(shape))
      throw new SandglassError('shape', `the ${what} "${name}" does not fill its shape`, {
        got: `${data.length} numbers`,
        expected: `${sizeOf(shape)} for ${showShape(shape)}`,
      })
  }
}
