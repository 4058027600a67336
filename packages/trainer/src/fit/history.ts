import type { Scalars } from '@sandglass/core'

/**
 * What is reported of one epoch: `epoch` (from 1), `loss` and its parts, metrics, the same of the validation data as
 * `val_…`, `learningRate` (of the epoch's last update), and the controls of the model (of its last batch). A model with
 * several objectives prefixes each of these but `epoch` and the controls with the objective: `critic_loss`,
 * `val_critic_loss`.
 *
 * Values are means over the epoch's batches weighted by their sizes, as Keras has it: training values are those before
 * each update, validation values those after the last. Nothing here depends on the clock, so the history of a resumed
 * run is that of an uninterrupted one.
 */
export type HistoryEntry = Readonly<Scalars>

/** The entry of an epoch, each name followed by its `val_` companion. */
export function historyEntry(
  epoch: number,
  train: Scalars,
  validation: Scalars | undefined,
  rates: Scalars,
): HistoryEntry {
  const entry: Scalars = { epoch }
  for (const [name, value] of Object.entries(train)) {
    entry[name] = value
    if (validation && name in validation) entry[`val_${name}`] = validation[name]!
  }
  for (const [name, value] of Object.entries(validation ?? {})) entry[`val_${name}`] = value
  return Object.freeze({ ...entry, ...rates })
}

/** `loss`, or `critic_loss` where a model has several objectives. */
export function reportedAs(objective: string, name: string, several: boolean): string {
  return several ? `${objective}_${name}` : name
}
