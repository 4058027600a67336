import { lstat, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { isSandglassError, SandglassError } from '@sandglass/core'
import { buildBinding } from './tensorflow/build-binding'
import { cachedLibrary, defaultCache } from './tensorflow/cached-library'
import { verifyTensorflow } from './tensorflow/verify'

const PACKAGE = '@tensorflow/tfjs-node'

export interface SetupOptions {
  /** A wheel of TensorFlow for this platform, where pip has no network. */
  readonly wheel?: string
  /** Where TensorFlow's library is kept (0.9 GB). Default: `sandglass/tensorflow` in the user's cache. */
  readonly cache?: string
  /** Folder of the tfjs-node to set up. Default: the one that this package would import. */
  readonly packageFolder?: string
  readonly log?: (line: string) => void
}

export interface SetupResult {
  /** Of TensorFlow. */
  readonly version: string
  /** False when it had been set up before. */
  readonly changed: boolean
}

/**
 * Makes an installed tfjs-node work without its own installer: takes TensorFlow's C library from the Python wheel,
 * compiles the binding against it and trains a step to be sure. May be run again at any time; what is done is not done
 * twice, and nothing is left half done. Throws `SandglassError` with advice for whatever is missing.
 */
export async function setupTensorflow(options: SetupOptions = {}): Promise<SetupResult> {
  const { wheel, cache = defaultCache(), log = () => undefined } = options
  const folder = options.packageFolder ?? findPackage()
  const before = await verifyTensorflow(folder)
  if (before.ok) {
    log(`${PACKAGE} works, with TensorFlow ${before.version}`)
    return { version: before.version, changed: false }
  }
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new SandglassError('backend', 'TensorFlow can be set up from a wheel only on Linux on x64', {
      got: `${process.platform} on ${process.arch}`,
      advice: `Let ${PACKAGE} install itself: npm rebuild ${PACKAGE} --build-addon-from-source`,
    })
  try {
    const library = await cachedLibrary(cache, wheel, log)
    log('Compiling the binding')
    await buildBinding(folder, library)
    await link(library, join(folder, 'deps'))
  } catch (error) {
    throw isSandglassError(error) ? error : fileError(error)
  }
  const after = await verifyTensorflow(folder)
  if (!after.ok)
    throw new SandglassError('backend', `${PACKAGE} was built but does not train`, {
      got: after.why,
      advice: `Remove ${cache} and try again; another version of TensorFlow can be given with --wheel FILE.`,
    })
  log(`${PACKAGE} works, with TensorFlow ${after.version}`)
  return { version: after.version, changed: true }
}

function findPackage(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`))
  } catch {
    throw new SandglassError('backend', `${PACKAGE} is not installed`, {
      advice: `Run: npm install --ignore-scripts ${PACKAGE}@4.22.0`,
    })
  }
}

/** Replaces whatever is at `path` by a link, in one step where that is possible. */
async function link(target: string, path: string): Promise<void> {
  const present = await lstat(path).catch(() => undefined)
  if (present?.isDirectory()) await rm(path, { recursive: true })
  const unfinished = `${path}.${process.pid}`
  await symlink(target, unfinished)
  await rename(unfinished, path)
}

function fileError(cause: unknown): SandglassError {
  return new SandglassError('file', 'TensorFlow cannot be set up', {
    got: cause instanceof Error ? cause.message : String(cause),
    advice: 'Check that the disk has 1 GB left and that the folder is yours to write.',
    cause,
  })
}
