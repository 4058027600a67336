import type { Backend, Program } from '@sandglass/core'
import { loadData } from './data'
import type { Row } from './headline'

/**
 * What the first `fit` of a row with the published settings trains, and how: its backend is asked to open a session
 * for it, and the run ends there. For tests that hold the rows themselves to reference values.
 */
export async function caught(row: Row, onEpochs?: (published: number) => void): Promise<Program> {
  let program: Program | undefined
  const backend: Backend = {
    id: 'catch',
    preference: 0,
    probe: async () => ({ available: true, device: 'none' }),
    open: async (opened) => {
      program = opened
      throw new Error('caught')
    },
  }
  const epochs = (published: number) => {
    onEpochs?.(published)
    return 1
  }
  const context = { seed: 1, backend: backend as never, log: () => {}, epochs }
  await row.run({ ...context, data: await loadData(row, true) }).catch((error: unknown) => {
    if (!program) throw error
  })
  if (!program) throw new Error(`${row.name} trains nothing`)
  return program
}
