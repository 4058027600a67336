import { nodeModule } from '@sandglass/core'

/** What became of a trial run. */
export type Trial =
  | { readonly ran: true; readonly drivers: readonly string[] }
  | { readonly ran: false; readonly reason: string }

/** Runs a product of matrices and says which graphics drivers it brought into the process. */
const SCRIPT = `
const [path, provider, model] = process.argv.slice(1)
const ort = require(path)
const main = async () => {
  const session = await ort.InferenceSession.create(Buffer.from(model, 'base64'), {
    executionProviders: [provider],
    logSeverityLevel: 4,
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  })
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1, 2, 3, 4), [2, 2]) })
  if (y.data.join() !== '8,12,18,26') throw new Error('it computes wrongly: ' + y.data.join())
  let maps = ''
  try { maps = require('fs').readFileSync('/proc/self/maps', 'utf8') } catch {}
  const drivers = [...new Set(maps.match(/[^/\\n]*(?:libvk_|libvulkan_|nvidia)[^/\\n]*\\.so[^/\\n ]*/g) ?? [])]
  process.stdout.write('\\nRESULT ' + JSON.stringify({ ran: true, drivers }) + '\\n', () => process.exit(0))
}
main().catch((error) => {
  const reason = String(error && error.message || error).split('\\n')[0]
  process.stdout.write('\\nRESULT ' + JSON.stringify({ ran: false, reason }) + '\\n', () => process.exit(0))
})
`

/**
 * Runs a tiny graph on an execution provider, with no way back to the CPU, in a process of its own, since a driver
 * that crashes would take this one with it.
 */
export async function tryProvider(provider: string, timeout = 60_000): Promise<Trial> {
  const childProcess = nodeModule<typeof import('node:child_process')>('child_process')
  const modules = nodeModule<typeof import('node:module')>('module')
  if (!childProcess || !modules) return { ran: false, reason: 'this is not Node' }
  const path = modules.createRequire(import.meta.url).resolve('onnxruntime-node')
  const { tinyModel } = await import('./tiny-model')
  const model = Buffer.from(tinyModel()).toString('base64')
  const { execPath } = process
  return new Promise((resolve) => {
    childProcess.execFile(
      execPath,
      ['-e', SCRIPT, path, provider, model],
      { timeout, windowsHide: true, maxBuffer: 2 ** 24 },
      (error, stdout) => resolve(readTrial(stdout, error)),
    )
  })
}

/** What the process reported; or, when it died before, how. */
export function readTrial(
  stdout: string,
  error: { signal?: unknown; code?: unknown; killed?: boolean } | null,
): Trial {
  const line = /^RESULT (.*)$/m.exec(stdout)?.[1]
  if (line) return JSON.parse(line) as Trial
  if (error?.killed) return { ran: false, reason: 'a trial run did not end' }
  const how = error?.signal ?? (error?.code !== undefined ? `exit code ${error.code}` : 'no result')
  return { ran: false, reason: `a trial run crashed (${how})` }
}
