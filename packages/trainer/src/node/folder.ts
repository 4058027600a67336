import { appendFile, mkdir } from 'node:fs/promises'
import { SandglassError } from '@sandglass/core'

/** Makes a folder and those above it. Throws `SandglassError` (`file`) when that fails. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error) => {
    throw failed(`the folder ${path} cannot be made`, error)
  })
}

/** Adds to the end of a file. Throws `SandglassError` (`file`) when that fails. */
export async function appendTo(path: string, data: string | Uint8Array): Promise<void> {
  await appendFile(path, data).catch((error) => {
    throw failed(`${path} cannot be written`, error)
  })
}

function failed(what: string, cause: unknown): SandglassError {
  return new SandglassError('file', what, {
    got: cause instanceof Error ? cause.message : String(cause),
    advice: 'Check that the disk is not full and that the folder is yours to write.',
    cause,
  })
}
