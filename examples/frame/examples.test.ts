import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { runRow } from './headline'
import { loadRows } from './rows'

const rows = await loadRows()

describe.each(rows)('$name', (row) => {
  test.each(row.best ? (['published', 'best'] as const) : (['published'] as const))(
    'the %s run works, on a few samples',
    async (variant) => {
      const lines: string[] = []
      const values = await runRow(row, { variant, smoke: true, log: (line) => lines.push(line) })
      for (const value of Object.values(values)) expect(value).toBeTypeOf('number')
      expect(lines.length).toBeGreaterThan(0)
    },
    120_000,
  )

  test('is short, and is named and described as its file', async () => {
    const text = await readFile(new URL(`../${row.name}.ts`, import.meta.url), 'utf8')
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
    expect(text).toMatch(/^\/\/ [A-Z]/)
    expect(row.settings + row.source + (row.best ? row.bestSettings : '…')).not.toContain('undefined')
  })
})
