import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A process that answers a line of JSON for each it gets. */
export interface Child {
  ask<Answer>(request: object): Promise<Answer>
  end(): Promise<void>
}

/** What a child writes to stderr is kept to this many characters, to say why it died. */
const LOG_KEPT = 4000

export function startChild(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Child {
  const [file, ...args] = command
  const child: ChildProcess = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let log = ''
  let ended: Error | undefined
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = []
  const end = (error: Error) => {
    ended ??= error
    for (const { reject } of waiting.splice(0)) reject(ended)
  }
  child.stderr!.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-LOG_KEPT)
  })
  child.stdin!.on('error', () => undefined)
  createInterface({ input: child.stdout! }).on('line', (line) => waiting.shift()?.resolve(line))
  child.on('error', end)
  const closed = new Promise<void>((resolve) => {
    child.on('close', (code, signal) => {
      end(
        new Error(
          `${file} ended with ${signal ?? `code ${code}`}: ${log.trim().split('\n').slice(-3).join(' | ')}`,
        ),
      )
      resolve()
    })
  })

  return {
    ask: async <Answer>(request: object) => {
      if (ended) throw ended
      const line = await new Promise<string>((resolve, reject) => {
        waiting.push({ resolve, reject })
        child.stdin!.write(`${JSON.stringify(request)}\n`)
      })
      const answer = JSON.parse(line) as Answer & { error?: string }
      if (answer.error) throw new Error(answer.error)
      return answer
    },
    end: async () => {
      if (!ended) child.stdin!.write('{"do":"exit"}\n')
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
      await closed.finally(() => clearTimeout(timer))
    },
  }
}
