import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { toMarkdown } from './markdown'
import { type Report, reportSchema } from './schema'

/** Prints a report, and writes it where asked; what is written is checked against the schema first. */
export function publish(report: Report, files: { json?: string; markdown?: string }): void {
  const checked = reportSchema.parse(report)
  const markdown = toMarkdown(checked)
  process.stdout.write(`${markdown}\n`)
  const write = (path: string | undefined, text: string) => {
    if (!path) return
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  write(files.json, `${JSON.stringify(checked, null, 2)}\n`)
  write(files.markdown, markdown)
}
