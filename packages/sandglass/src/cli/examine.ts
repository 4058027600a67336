import { spawn } from 'node:child_process'
import { type Backend, type Batch, type Plugin, SandglassError } from '@sandglass/core'
import { sparseKl } from '../presets/index'
import { commandRegistry } from './plugins'

/** What was found out about one backend. */
export interface Finding {
  readonly id: string
  readonly available: boolean
  /** What it really runs on. */
  readonly device?: string
  /** Training the sparse autoencoder, batches of 32. */
  readonly stepsPerSecond?: number
  /** Why it cannot run, or cannot train. */
  readonly reason?: string
  /** How to get it. */
  readonly advice?: string
}

export interface ExamineOptions {
  /** Starts this program: command and first arguments. */
  readonly self: readonly string[]
  readonly seconds: number
  readonly only?: string
  readonly plugins: readonly Plugin[]
  /** How the command line was told of them. */
  readonly pluginNames?: readonly string[]
  readonly onStart?: (id: string) => void
}

/** Longest time for one backend beyond the measurement: compiling shaders in software takes a while. */
const PATIENCE = 120_000

/** Tries every backend, each in a process of its own, since native code may take its process down. */
export async function examine(options: ExamineOptions): Promise<Finding[]> {
  const { self, seconds, only, plugins, pluginNames = [], onStart } = options
  const registry = commandRegistry(plugins)
  const named = pluginNames.flatMap((name) => ['--plugin', name])
  const ids = registry.list('backend').map(({ type }) => type)
  if (only !== undefined) registry.parse('backend', only)
  const findings: Finding[] = []
  for (const id of ids.filter((each) => only === undefined || each === only)) {
    onStart?.(id)
    findings.push(await examineApart(id, [...self, 'doctor', ...named], seconds))
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
export async function examineHere(id: string, seconds: number, plugins: readonly Plugin[]): Promise<Finding> {
  const registry = commandRegistry(plugins)
  await registry.load({ type: id })
  const backend = registry.build('backend', { type: id })
  const probe = await backend.probe()
  if (!probe.available) return { id, ...probe }
  try {
    return { id, available: true, device: probe.device, stepsPerSecond: await measure(backend, seconds) }
  } catch (error) {
    return { id, available: true, device: probe.device, reason: `cannot train: ${(error as Error).message}` }
  }
}

/** Steps a second of the sparse autoencoder, after warming up. */
async function measure(backend: Backend, seconds: number): Promise<number> {
  if (!(seconds > 0))
    throw new SandglassError('spec', '--seconds is not usable', { expected: 'a number above 0' })
  const registry = commandRegistry([])
  const model = registry.build('model', sparseKl.model, { registry, fields: { input: [28, 28] } })
  const optimizer = registry.build('optimizer', sparseKl.optimizer)
  const objective = model.objectives[0]!.name
  const session = await backend.open({ model, seed: 0, optimizers: { [objective]: optimizer } })
  const batch: Batch = {
    size: 32,
    fields: { input: [28, 28] },
    fill: (_, out) => out.set(Float32Array.from(out, (_, i) => (i % 97) / 97)),
  }
  let step = 0
  const train = () => session.step({ objective, batch, step: step++, learningRate: 0.01 })
  try {
    for (let i = 0; i < 3; i++) await train()
    const first = step
    const began = performance.now()
    while (performance.now() - began < 1000 * seconds) await train()
    return ((step - first) * 1000) / (performance.now() - began)
  } finally {
    session.dispose()
  }
}
