import { dirname } from 'node:path'
import { define } from '@sandglass/core'
import { writeFileAtomic } from '@sandglass/core/node'
import { z } from 'zod'
import type { Callback } from '../callbacks/callback'
import type { HistoryEntry } from '../fit/history'
import { appendTo, makeFolder } from './folder'

/**
 * Writes the history to a file of comma-separated values (RFC 4180, lines end in LF), a column for each name that an
 * entry has. A phase that reports new names adds columns; cells are empty where an epoch does not report a name. A
 * resumed run begins by writing what came before.
 */
export const csvLog = define('callback', {
  type: 'csvLog',
  description: 'writes the history as comma-separated values',
  aliases: { type: ['csvLogger'], options: { path: ['filename', 'filepath'] } },
  schema: z.strictObject({ path: z.string().min(1) }),
  build: ({ path }): Callback => {
    let columns: readonly string[] = []

    const textOf = (entry: HistoryEntry) => rowOf(columns.map((name) => String(entry[name] ?? '')))

    async function writeAll(history: readonly HistoryEntry[]): Promise<void> {
      columns = [...new Set(history.flatMap((entry) => Object.keys(entry)))]
      const text = history.length ? rowOf(columns) + history.map(textOf).join('') : ''
      await writeFileAtomic(path, new TextEncoder().encode(text))
    }

    return {
      name: 'csvLog',
      onStart: async (_, { history }) => {
        await makeFolder(dirname(path))
        await writeAll(history)
      },
      onEpoch: ({ entry }, { history }) =>
        Object.keys(entry).every((name) => columns.includes(name))
          ? appendTo(path, textOf(entry))
          : writeAll(history),
    }
  },
})

function rowOf(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`
}
