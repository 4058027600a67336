import { dirname } from 'node:path'
import { define } from '@sandglass/core'
import { writeFileAtomic } from '@sandglass/core/node'
import { z } from 'zod'
import type { Callback } from '../callbacks/callback'
import type { HistoryEntry } from '../fit/history'
import { appendTo, makeFolder } from './folder'

/**
 * Writes the history to a file of comma-separated values (RFC 4180, lines end in LF), a column for each name of the
 * first entry. A resumed run begins by writing what came before.
 */
export const csvLog = define('callback', {
  type: 'csvLog',
  description: 'writes the history as comma-separated values',
  schema: z.strictObject({ path: z.string().min(1) }),
  build: ({ path }): Callback => {
    let columns: readonly string[] | undefined

    function textOf(entry: HistoryEntry): string {
      const heading = columns ? '' : rowOf(Object.keys(entry))
      columns ??= Object.keys(entry)
      return heading + rowOf(columns.map((name) => String(entry[name] ?? '')))
    }

    return {
      name: 'csvLog',
      onStart: async (_, { history }) => {
        await makeFolder(dirname(path))
        await writeFileAtomic(path, new TextEncoder().encode(history.map(textOf).join('')))
      },
      onEpoch: ({ entry }) => appendTo(path, textOf(entry)),
    }
  },
})

function rowOf(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`
}
