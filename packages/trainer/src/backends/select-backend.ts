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
  /** What a much faster one that could not run would need, and what it costs to do without. */
  readonly missing?: string
}

/**
 * The backend of highest preference that can run here; emulated devices come last. With a `program`, backends on which
 * one evaluation and one step of it fail for want of a kernel are passed over too. Throws `SandglassError` (`backend`)
 * when there is none.
 */
export async function selectBackend(candidates: readonly Backend[], program?: Program): Promise<Selection> {
  const rejected: string[] = []
  const emulated: Omit<Selection, 'why'>[] = []
  let missing: string | undefined
  const selected = (backend: Backend, probe: Selection['probe'], first: string): Selection => ({
    backend,
    probe,
    why: rejected.length === 0 ? first : `${first}; not taken: ${rejected.join('; ')}`,
    ...(missing !== undefined && { missing }),
  })

  for (const backend of [...candidates].sort((a, b) => b.preference - a.preference)) {
    const probe = await backend.probe()
    if (!probe.available) {
      rejected.push(`${backend.id} (${probe.reason})`)
      missing ??= backend.without && `${probe.reason}: ${backend.without}. ${probe.advice}`
    } else if (probe.software) emulated.push({ backend, probe })
    else {
      const failure = program && (await tryProgram(backend, program))
      if (failure === undefined) return selected(backend, probe, 'the first in rank that can run here')
      rejected.push(`${backend.id} (${failure})`)
    }
  }
  for (const { backend, probe } of emulated) {
    const failure = program && (await tryProgram(backend, program))
    if (failure === undefined) return selected(backend, probe, 'only an emulated device can run here')
    rejected.push(`${backend.id} (${failure})`)
  }
  throw new SandglassError('backend', 'no backend can run here', {
    got: rejected.join('; ') || 'no candidates',
    advice: 'npm install @tensorflow/tfjs-backend-cpu brings one that runs everywhere.',
  })
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
