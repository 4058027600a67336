import { type Objective, SandglassError } from '@sandglass/core'

/** Which objectives take their turn on which batch: the lists are gone through again and again, one a batch. */
export type Turns = readonly (readonly string[])[]

/** Every objective once a batch, or the order that was asked for. Throws `SandglassError` (`spec`) on an unknown name. */
export function turnsOf(objectives: readonly Objective[], asked?: Turns): Turns {
  const names = objectives.map(({ name }) => name)
  if (!asked) return [names]
  const unknown = asked.flat().find((name) => !names.includes(name))
  if (unknown !== undefined || !asked.length || asked.some((turn) => !turn.length))
    throw new SandglassError('spec', 'the turns of the objectives are malformed', {
      got: unknown === undefined ? 'a batch on which none has its turn' : `the name "${unknown}"`,
      expected: `lists of ${names.join(', ')}, one a batch`,
    })
  return asked
}

/** Updates of one objective on the first `batches` batches of a run. */
export function updatesOf(turns: Turns, objective: string, batches: number): number {
  const inTurn = turns.map((names) => names.filter((name) => name === objective).length)
  const cycle = inTurn.reduce((sum, count) => sum + count, 0)
  const rest = inTurn.slice(0, batches % turns.length).reduce((sum, count) => sum + count, 0)
  return Math.floor(batches / turns.length) * cycle + rest
}
