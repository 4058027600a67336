import { spawn } from 'node:child_process'
import type { Plugin } from '@sandglass/core'
import { commandRegistry } from './plugins'
import { measureSpeed, sparseTask, workloadTask } from './speed'

/** What was found out about one backend. */
export interface Finding {
  readonly id: string
  readonly available: boolean
  /** What it really runs on. */
  readonly device?: string
  /** Training the sparse autoencoder, batches of 32, or a workload. */
  readonly stepsPerSecond?: number
  /** Why it cannot run, or cannot train. */
  readonly reason?: string
  /** How to get it. */
  readonly advice?: string
  /** What it costs to do without it. */
  readonly without?: string
}

export interface ExamineOptions {
  /** Starts this program: command and first arguments. */
  readonly self: readonly string[]
  readonly seconds: number
  readonly only?: string
  /** Name of a workload of the registry. Default: the sparse autoencoder. */
  readonly workload?: string
  readonly plugins: readonly Plugin[]
  /** How the command line was told of them. */
  readonly pluginNames?: readonly string[]
  readonly onStart?: (id: string) => void
}

/** Longest time for one backend beyond the measurement: compiling shaders in software takes a while. */
const PATIENCE = 120_000

/** Tries every backend, each in a process of its own, since native code may take its process down. */
export async function examine(options: ExamineOptions): Promise<Finding[]> {
  const { self, seconds, only, workload, plugins, pluginNames = [], onStart } = options
  const registry = commandRegistry(plugins)
  const more = pluginNames.flatMap((name) => ['--plugin', name])
  if (workload !== undefined) {
    registry.parse('workload', workload, '--workload')
    more.push('--workload', workload)
  }
  const ids = registry.list('backend').map(({ type }) => type)
  if (only !== undefined) registry.parse('backend', only)
  const findings: Finding[] = []
  for (const id of ids.filter((each) => only === undefined || each === only)) {
    onStart?.(id)
    findings.push(await examineApart(id, [...self, 'doctor', ...more], seconds))
  }
  return findings
}

function examineApart(id: string, [command, ...first]: readonly string[], seconds: number): Promise<Finding> {
  return new Promise((resolve) => {
    const args = [...first, '--here', '--backend', id, '--seconds', String(seconds)]
    const child = spawn(command!, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE + 1000 * seconds,
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (err += chunk))
    child.on('error', (error) => resolve(broken(id, error.message)))
    child.on('close', (code, signal) => {
      try {
        // Native libraries print to stdout as they please; ours is the last line.
        resolve(JSON.parse(out.trim().split('\n').at(-1)!) as Finding)
      } catch {
        const last = err.trim().split('\n').at(-1)
        resolve(broken(id, `its process ended with ${signal ?? `code ${code}`}${last ? `: ${last}` : ''}`))
      }
    })
  })
}

function broken(id: string, reason: string): Finding {
  return {
    id,
    available: false,
    reason,
    advice: 'Reinstall the packages that it needs, or use another backend.',
  }
}

/** Tries one backend in this process. */
export async function examineHere(
  id: string,
  { seconds, plugins, workload }: Pick<ExamineOptions, 'seconds' | 'plugins' | 'workload'>,
): Promise<Finding> {
  const registry = commandRegistry(plugins)
  await registry.load({ type: id })
  const backend = registry.build('backend', { type: id })
  const probe = await backend.probe()
  if (!probe.available) return { id, ...probe, ...(backend.without && { without: backend.without }) }
  const { device } = probe
  const task = workload === undefined ? await sparseTask(registry) : await workloadTask(registry, workload)
  try {
    return { id, available: true, device, stepsPerSecond: await measureSpeed(backend, task, seconds) }
  } catch (error) {
    return { id, available: true, device, reason: `cannot train: ${(error as Error).message}` }
  }
}
