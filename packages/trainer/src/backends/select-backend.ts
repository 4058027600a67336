import {
  type Backend,
  type Batch,
  isSandglassError,
  type Probe,
  type Program,
  SandglassError,
} from '@sandglass/core'
import { initialControls } from '../fit/controls'

export interface Selection {
  readonly backend: Backend
  readonly probe: Extract<Probe, { available: true }>
  /** In words: `the first in rank that can run here; not taken: tensorflow-gpu (the package … is not installed)`. */
  readonly why: string
}

/**
 * The backend named `wanted`, or for `auto` the one of highest preference that can run here; emulated devices come
 * last. With a `program`, `auto` also passes over backends on which one evaluation and one step of it fail for want
 * of a kernel. Throws `SandglassError` when there is none.
 */
export async function selectBackend(
  wanted: string,
  candidates: readonly Backend[],
  program?: Program,
): Promise<Selection> {
  if (wanted !== 'auto') return named(wanted, candidates)
  const rejected: string[] = []
  const emulated: Omit<Selection, 'why'>[] = []
  const because = (first: string) =>
    rejected.length === 0 ? first : `${first}; not taken: ${rejected.join('; ')}`

  for (const backend of [...candidates].sort((a, b) => b.preference - a.preference)) {
    const probe = await backend.probe()
    if (!probe.available) rejected.push(`${backend.id} (${probe.reason})`)
    else if (probe.software) emulated.push({ backend, probe })
    else {
      const failure = program && (await tryProgram(backend, program))
      if (failure === undefined)
        return { backend, probe, why: because('the first in rank that can run here') }
      rejected.push(`${backend.id} (${failure})`)
    }
  }
  for (const { backend, probe } of emulated) {
    const failure = program && (await tryProgram(backend, program))
    if (failure === undefined) return { backend, probe, why: because('only an emulated device can run here') }
    rejected.push(`${backend.id} (${failure})`)
  }
  throw new SandglassError('backend', 'no backend can run here', {
    got: rejected.join('; ') || 'no candidates',
    advice: 'npm install @tensorflow/tfjs-backend-cpu brings one that runs everywhere.',
  })
}

async function named(wanted: string, candidates: readonly Backend[]): Promise<Selection> {
  const backend = candidates.find(({ id }) => id === wanted)
  if (!backend)
    throw new SandglassError('backend', `there is no backend "${wanted}"`, {
      expected: ['auto', ...candidates.map(({ id }) => id)].join(', '),
    })
  const probe = await backend.probe()
  if (!probe.available)
    throw new SandglassError('backend', `the backend "${wanted}" cannot run here: ${probe.reason}`, {
      advice: probe.advice,
    })
  return { backend, probe, why: 'as asked' }
}

/** Why a backend cannot run this program, by running a little of it on a blank sample. */
async function tryProgram(backend: Backend, program: Program): Promise<string | undefined> {
  const { model } = program
  const controls = initialControls(model)
  const batch: Batch = { size: 1, fields: model.fields, fill: () => undefined }
  try {
    const session = await backend.open(program)
    try {
      for (const { name: objective } of model.objectives) {
        await session.evaluate({ objective, batch, index: 0, controls })
        if (program.optimizers?.[objective])
          await session.step({ objective, batch, step: 0, learningRate: 0, controls })
      }
    } finally {
      session.dispose()
    }
    return undefined
  } catch (error) {
    // Anything else is the program's own fault, which no other backend would cure.
    if (isSandglassError(error) && error.code === 'backend') return error.message
    throw error
  }
}
