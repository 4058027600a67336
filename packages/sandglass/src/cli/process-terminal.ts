import type { Terminal } from './command'

/** The terminal of this process. */
export function processTerminal(): Terminal {
  // `sandglass list | head` is no mistake.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    columns: process.stderr.isTTY ? process.stderr.columns || 80 : undefined,
    plugins: [],
    self: [process.execPath, ...process.execArgv, process.argv[1]!],
    interruptible: () => {
      const controller = new AbortController()
      const stop = () => {
        if (controller.signal.aborted) process.exit(130)
        controller.abort()
      }
      process.on('SIGINT', stop)
      process.on('SIGTERM', stop)
      return controller.signal
    },
  }
}
