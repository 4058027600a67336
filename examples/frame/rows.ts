import { readdir } from 'node:fs/promises'
import type { Row } from './headline'

const FOLDER = new URL('../', import.meta.url)

/** The rows of all examples, in the order of their files. */
export async function loadRows(): Promise<Row[]> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.ts')).sort()
  return Promise.all(
    files.map(async (file) => ((await import(new URL(file, FOLDER).href)) as { default: Row }).default),
  )
}
