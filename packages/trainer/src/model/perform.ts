import {
  type Attachments,
  type Channel,
  type Controls,
  createStreams,
  type HostRecord,
  type Model,
  malformedOptions,
  nearest,
  type PerformOptions,
  type Procedure,
  type ProcedureEvent,
  type ProcedureResult,
  SandglassError,
  type Session,
} from '@sandglass/core'
import { runFunction } from './run-function'

/** What a procedure is performed on. */
export interface Performer {
  readonly model: Model
  readonly session: Session
  /** Where a procedure is not given one. */
  readonly seed: number
  readonly attachments: Attachments
  readonly controls: Controls
  weights(): Promise<HostRecord>
}

/**
 * Performs a procedure of a model and returns what it made; nothing is changed. Rejects with `SandglassError` when the
 * model has no such procedure, it lacks data, or its options are malformed; with the signal's reason when aborted.
 */
export async function performProcedure(
  performer: Performer,
  name: string,
  { options = {}, data, seed = performer.seed, signal = new AbortController().signal }: PerformOptions,
  channel: Channel<ProcedureEvent>,
): Promise<ProcedureResult> {
  const { model, session, attachments, controls } = performer
  const { procedure, parsed } = procedureOf(model, name, options)
  if (procedure.data === 'required' && !data)
    throw new SandglassError('data', `the procedure "${name}" needs data`, {
      got: 'none',
      advice: `Give it a dataset: perform('${name}', { data }).`,
    })
  let draws = 0
  signal.throwIfAborted()
  const result = await procedure.run(
    {
      model,
      seed,
      signal,
      attachments,
      controls,
      streams: createStreams(seed),
      ...(data && { data }),
      run: async (target, inputs, given = {}) => {
        signal.throwIfAborted()
        const options = { seed, draw: draws++, ...given, controls: { ...controls, ...given.controls } }
        return runFunction(model, session, target, inputs, options)
      },
      weights: performer.weights,
      progress: (done, total, figures) => {
        signal.throwIfAborted()
        channel.send({ type: 'progress', procedure: name, done, total, figures })
      },
    },
    parsed,
  )
  signal.throwIfAborted()
  return result
}

/** A procedure of the model and its options. Throws `SandglassError` (`spec`) when there is none, or they are malformed. */
export function procedureOf(
  { procedures = {} }: Model,
  name: string,
  options: object,
): { readonly procedure: Procedure; readonly parsed: Record<string, unknown> } {
  const procedure = Object.hasOwn(procedures, name) ? procedures[name] : undefined
  if (procedure) {
    const { success, data, error } = procedure.options.safeParse(options)
    if (success) return { procedure, parsed: data }
    throw malformedOptions(`options of the procedure "${name}"`, name, procedure.options, error)
  }
  const names = Object.keys(procedures)
  const close = nearest(name, names)
  throw new SandglassError('spec', `the model has no procedure "${name}"`, {
    expected: names.join(', ') || 'none',
    ...(close !== undefined && { advice: `Did you mean "${close}"?` }),
  })
}
