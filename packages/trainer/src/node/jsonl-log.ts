import { dirname } from 'node:path'
import { define } from '@sandglass/core'
import { writeFileAtomic } from '@sandglass/core/node'
import { z } from 'zod'
import type { Callback } from '../callbacks/callback'
import type { HistoryEntry } from '../fit/history'
import { appendTo, makeFolder } from './folder'

/**
 * Writes the history to a file, an entry of JSON a line (a NaN is `null`). A resumed run begins by writing what came
 * before, so the file is always the history, without gaps or repeats.
 */
export const jsonlLog = define('callback', {
  type: 'jsonlLog',
  description: 'writes the history as lines of JSON',
  aliases: { options: { path: ['filename', 'filepath'] } },
  schema: z.strictObject({ path: z.string().min(1) }),
  build: ({ path }): Callback => ({
    name: 'jsonlLog',
    onStart: async (_, { history }) => {
      await makeFolder(dirname(path))
      await writeFileAtomic(path, new TextEncoder().encode(history.map(lineOf).join('')))
    },
    onEpoch: ({ entry }) => appendTo(path, lineOf(entry)),
  }),
})

function lineOf(entry: HistoryEntry): string {
  return `${JSON.stringify(entry)}\n`
}
