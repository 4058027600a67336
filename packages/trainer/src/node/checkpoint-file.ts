import { dirname } from 'node:path'
import { readWholeFile, writeFileAtomic } from '@sandglass/core/node'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../checkpoint/checkpoint'
import { makeFolder } from './folder'

/**
 * Saves a checkpoint, whole or not at all: whatever happens, the file holds either the old one or the new one. Makes
 * the folder if need be.
 *
 * Throws `SandglassError` (`file`) when it cannot be written.
 */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await makeFolder(dirname(path))
  await writeFileAtomic(path, encodeCheckpoint(checkpoint))
}

/** Loads a checkpoint. Throws `SandglassError` (`file`) when it is missing, damaged or no checkpoint. */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  return decodeCheckpoint(await readWholeFile(path), path)
}
