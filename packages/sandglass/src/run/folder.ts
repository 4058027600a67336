import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelSpec, SandglassError } from '@sandglass/core'
import { type FolderLock, lockFolder, readWholeFile, writeFileAtomic } from '@sandglass/core/node'
import { parseJson } from './parse-json'
import type { RunPlan } from './run-plan'
import { showIssues } from './schema'
import { type Settings, settingsSchema } from './settings'

/** Names within a run's folder. */
export const files = {
  settings: 'run.json',
  spec: 'spec.json',
  history: 'history.jsonl',
  activity: 'activity.jsonl',
  model: 'model.safetensors',
  checkpoint: join('checkpoints', 'last.ckpt'),
  report: 'report.html',
  warmStart: 'warm-start.json',
  result: 'result.json',
} as const

/**
 * Makes the folder of a run and takes its lock, so that no other process writes into it. Throws `SandglassError`
 * (`file`) when that fails, or another one does.
 */
export async function holdRunFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new SandglassError('file', `the folder ${folder} cannot be made`, {
      got: error.message,
      advice: 'Choose a folder that can be written with --out FOLDER.',
      cause: error,
    })
  })
  return lockFolder(folder)
}

/** Writes what a run is made of; the settings last, since with them it is one. Throws `SandglassError` (`file`). */
export async function writeRunPlan({ folder, settings, model }: RunPlan): Promise<void> {
  await writeJson(join(folder, files.spec), model)
  await writeJson(join(folder, files.settings), settings)
}

/** Removes what a run left in a folder, and nothing else. */
export async function clearRunFolder(folder: string): Promise<void> {
  // The settings first: without them what is left is no run.
  for (const name of [files.settings, ...Object.values(files)]) await rm(join(folder, name), { force: true })
}

/** Throws `SandglassError` (`file`) when a run lies there already. */
export async function checkUnused(folder: string): Promise<void> {
  if (await exists(join(folder, files.settings)))
    throw new SandglassError('file', `${folder} holds a run already`, {
      advice: `Choose another folder with --out, or go on with that run: sandglass resume ${folder}`,
    })
}

/** Reads what a run is made of. Throws `SandglassError` (`file` or `spec`) when it is no run, or damaged. */
export async function readRunFolder(folder: string): Promise<RunPlan> {
  const path = join(folder, files.settings)
  if (!(await exists(path)))
    throw new SandglassError('file', `${folder} is no run`, {
      got: `no ${files.settings} in it`,
      expected: 'a folder that `sandglass train` left',
    })
  const result = settingsSchema.safeParse(await readJson(path))
  if (!result.success)
    throw new SandglassError('file', `${path} is malformed`, {
      got: showIssues(result.error),
      expected: 'what `sandglass train` wrote',
    })
  return {
    folder,
    settings: result.data as Settings,
    model: (await readJson(join(folder, files.spec))) as ModelSpec,
  }
}

/** Whether there is something at `path`. */
export function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

export async function readJson(path: string): Promise<unknown> {
  return parseJson(new TextDecoder().decode(await readWholeFile(path)), path)
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`))
}
