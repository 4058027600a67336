import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type ForeignFile,
  foreignFile,
  inspectModel,
  isSandglassError,
  type ModelFileContents,
  type Registry,
  SandglassError,
} from '@sandglass/core'
import { loadModel, readWholeFile } from '@sandglass/core/node'
import { exists, files } from '../run/folder'

/**
 * The model file that an argument means: itself, or that in the folder of a run. Throws `SandglassError` (`file`) when
 * it is a folder without one.
 */
export async function modelPath(target: string): Promise<string> {
  const found = await stat(target).catch(() => undefined)
  if (!found?.isDirectory()) return target
  const path = join(target, files.model)
  if (await exists(path)) return path
  const begun = await exists(join(target, files.settings))
  throw new SandglassError('file', `${target} has no trained model`, {
    got: begun ? 'a run that has not come to its end' : `a folder without ${files.model}`,
    expected: 'the folder of a run, or a model file',
    advice: begun ? `Finish it: sandglass resume ${target}` : undefined,
  })
}

/** `loadModel`, with advice for the command line on files of other programs. */
export function loadModelFile(path: string, registry: Registry): ReturnType<typeof loadModel> {
  return explained(path, () => loadModel(path, registry))
}

/** `inspectModel`, with advice for the command line on files of other programs. */
export function inspectModelFile(path: string): Promise<ModelFileContents> {
  return explained(path, async () => inspectModel(await readWholeFile(path), path))
}

async function explained<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    if (!isSandglassError(error) || error.code !== 'file') throw error
    const bytes = await readWholeFile(path).catch(() => undefined)
    const foreign = bytes && foreignFile(bytes)
    if (!foreign) throw error
    throw new SandglassError('file', `${path} is not a trained model`, {
      got: foreign.what,
      expected: 'the folder of a run, or a model file that Sandglass wrote',
      advice: adviceFor(path, foreign),
      cause: error,
    })
  }
}

function adviceFor(path: string, { holds }: ForeignFile): string | undefined {
  if (holds === 'spec') return `Train it first: sandglass train ${path}`
  if (holds === 'data') return `Data goes into an option: --dataset ${path}`
  return holds === 'other' ? undefined : DESCRIBE
}

const DESCRIBE =
  'Sandglass uses models that it has trained. Describe the layers in a spec file and train that: `sandglass train --help` shows one.'

/** Throws `SandglassError` (`spec`) when a file that should be a spec is plainly something else. */
export function checkIsSpec(path: string, bytes: Uint8Array): void {
  const [got, advice] = insteadOfSpec(path, bytes) ?? []
  if (got)
    throw new SandglassError('spec', `${path} is not a model spec`, {
      got,
      expected: 'JSON like { "type": "autoencoder", "encoder": [ … ], "decoder": [ … ], "loss": … }',
      advice,
    })
}

function insteadOfSpec(path: string, bytes: Uint8Array): [got: string, advice?: string] | undefined {
  const foreign = foreignFile(bytes)
  if (foreign?.holds === 'data')
    return [foreign.what, `Data goes into an option: sandglass train <preset | spec.json> --dataset ${path}`]
  if (foreign?.holds === 'model' || foreign?.holds === 'tensors')
    return [foreign.what, 'Describe the same layers in a spec file: `sandglass train --help` shows one.']
  if (!isOurs(bytes)) return undefined
  return [
    'a trained model',
    `To train it longer: sandglass resume FOLDER, the folder of its run, which also has its spec as ${files.spec}.`,
  ]
}

function isOurs(bytes: Uint8Array): boolean {
  try {
    inspectModel(bytes)
    return true
  } catch {
    return false
  }
}
