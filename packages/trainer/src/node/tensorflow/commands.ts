import { execFile } from 'node:child_process'

export interface CommandResult {
  /** The command ended with status 0. */
  readonly ok: boolean
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program without a shell and waits for it. One that does not exist is a failure like any other. */
export function runCommand(
  program: string,
  args: readonly string[],
  { env, timeout = 30 * 60_000 }: { env?: NodeJS.ProcessEnv; timeout?: number } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, timeout, maxBuffer: 64 * 1024 * 1024 }
    execFile(program, [...args], options, (error, stdout, stderr) => {
      resolve({ ok: !error, stdout, stderr: stderr || (error ? error.message : '') })
    })
  })
}

/** The first of some programs that runs with these arguments. */
export async function firstThatRuns(
  programs: readonly (string | undefined)[],
  args: readonly string[],
): Promise<string | undefined> {
  for (const program of programs) if (program && (await runCommand(program, args)).ok) return program
  return undefined
}

/** The last line that says something, which is where pip and compilers put the point. */
export function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '').at(-1) ?? 'no message'
}
