import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const cli = resolve(fileURLToPath(import.meta.url), '../../../dist/cli.js')

export interface ChildOptions {
  readonly cwd: string
  /** A module that the process loads first. */
  readonly preload?: string
  readonly env?: Readonly<Record<string, string>>
  /** Called with all of stderr whenever there is more of it. */
  readonly onError?: (text: string, kill: (signal: NodeJS.Signals) => void) => void
}

/** Runs the built command line in a process of its own. For tests; `npm test` builds first. */
export function sandglass(
  args: readonly string[],
  { cwd, preload, env, onError }: ChildOptions,
): Promise<{ code: number | null; out: string; err: string }> {
  if (!existsSync(cli)) throw new Error(`${cli} is missing: build first (npm test does)`)
  return new Promise((done, fail) => {
    const first = preload ? ['--import', `file://${join(cwd, preload)}`] : []
    const child = spawn(process.execPath, [...first, cli, ...args], { cwd, env: { ...process.env, ...env } })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
      onError?.(err, (signal) => child.kill(signal))
    })
    child.on('error', fail)
    child.on('close', (code) => done({ code, out, err }))
  })
}
