import { stat } from 'node:fs/promises'
import { SandglassError, type Spec } from '@sandglass/core'
import { parseJson } from './parse-json'

/** `fashion-mnist`, `fashionMnist` → `fashionMnist`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** `--dataset`: a name, a CSV file, or a spec as JSON. */
export function datasetSpec(option: string): Spec {
  if (option.trimStart().startsWith('{')) return parseJson(option, '--dataset') as Spec
  if (/\.csv$/i.test(option)) return { type: 'csv', path: option } as Spec
  return { type: camelCase(option) }
}

/** A dataset whose files are looked for in `folder` first. Throws `SandglassError` (`file`) when there is no such folder. */
export async function withFolder<S extends Spec>(dataset: S, folder: string | undefined): Promise<S> {
  if (folder === undefined) return dataset
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory())
    throw new SandglassError('file', `the folder ${folder} of --data-dir cannot be used`, {
      got: found ? 'a file' : 'no such folder',
      expected: 'the folder that holds the files of the dataset',
    })
  return { ...dataset, folder }
}
