import { SandglassError } from '@sandglass/core'
import { parseTar } from 'nanotar'
import { gunzip } from '../io/gunzip'
import type { Published } from './published'
import type { Source } from './source'
import { sizeLimit } from './verify'

/** What an archive may hold beside the files, with the headers of all. */
const BESIDE = 1 << 20

/**
 * The files inside a dataset's archive, which is fetched when the first of them is read; `fetch` gets at most `limit`
 * bytes. Reading throws `SandglassError` (code `file`) for an archive that is damaged, or does not have the file.
 */
export function archiveSource(
  { archive = '', files }: Published,
  base: string,
  fetch: (archive: string, limit: number) => Promise<Uint8Array>,
): Source {
  const limit = Object.values(files).reduce((sum, file) => sum + sizeLimit(file), BESIDE)
  let opened: Promise<ReadonlyMap<string, Uint8Array>> | undefined

  async function open(): Promise<ReadonlyMap<string, Uint8Array>> {
    const tar = await gunzip(await fetch(archive, limit), limit, archive)
    const items = parseTar(tar, { filter: ({ type }) => type === 'file' })
    return new Map(items.flatMap(({ name, data }) => (data ? [[name.split('/').at(-1)!, data]] : [])))
  }

  return {
    name: `${base}${archive}`,
    read: async ({ name }) => {
      // A failure is not remembered.
      opened ??= open().catch((error: unknown) => {
        opened = undefined
        throw error
      })
      const found = (await opened).get(name)
      if (found) return found
      throw new SandglassError('file', `${archive} has no ${name}`)
    },
  }
}
