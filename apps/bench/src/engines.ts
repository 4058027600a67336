import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = dirname(fileURLToPath(import.meta.url))
const peers = join(dist, '..', 'peers')

/** A competitor, and the process that speaks for it. */
export interface EngineDeclaration {
  readonly id: string
  /** What it is measured for: ours, a rival, or ways to run tfjs and JavaScript that ours should leave far behind. */
  readonly role: 'ours' | 'peer' | 'javascript'
  readonly command: readonly [string, ...string[]]
  /** Names of workloads it can run; all unless given. */
  readonly workloads?: readonly string[]
}

/** Python of the peers' environment, as `tools/peers/setup.sh` makes it. */
export function peersPython(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
  return join(process.env.SANDGLASS_PEERS ?? join(cache, 'sandglass', 'peers'), 'bin', 'python')
}

const node = (script: string, ...args: string[]) =>
  [process.execPath, join(dist, 'engine', `${script}.js`), ...args] as const
const python = (script: string, ...args: string[]) =>
  [peersPython(), join(peers, `${script}.py`), ...args] as const
const DENSE = ['sparse', 'stacked']

/** All that can be measured; the first is the one that the others are compared with. */
export function engines(): readonly EngineDeclaration[] {
  return [
    { id: 'onnxruntime', role: 'ours', command: node('sandglass', 'onnxruntime') },
    { id: 'keras-fit', role: 'peer', command: python('keras_fit') },
    { id: 'tensorflow-xla', role: 'peer', command: python('tensorflow_xla') },
    { id: 'pytorch-eager', role: 'peer', command: python('pytorch', 'eager') },
    { id: 'pytorch-compile', role: 'peer', command: python('pytorch', 'compile') },
    { id: 'jax-jit', role: 'peer', command: python('jax_jit') },
    { id: 'tfjs-node', role: 'javascript', command: node('sandglass', 'tensorflow') },
    { id: 'tfjs-wasm', role: 'javascript', command: node('sandglass', 'wasm'), workloads: DENSE },
    { id: 'jax-js', role: 'javascript', command: node('jax-js'), workloads: DENSE },
  ]
}

/** Engines whose ids contain any of the names, ours always; throws when a name matches none. */
export function selectEngines(names: readonly string[] | undefined): readonly EngineDeclaration[] {
  const all = engines()
  for (const name of names ?? [])
    if (!all.some(({ id }) => id.includes(name)))
      throw new Error(`no engine "${name}"; there are ${all.map(({ id }) => id).join(', ')}`)
  return all.filter(
    ({ id, role }) => role === 'ours' || !names?.length || names.some((name) => id.includes(name)),
  )
}

/** Why an engine cannot even be started, if so. */
export function missing({ command: [file] }: EngineDeclaration): string | undefined {
  return existsSync(file) ? undefined : `${file} is missing: run tools/peers/setup.sh`
}

export function sgemmCommand(): readonly [string, ...string[]] {
  return python('sgemm')
}
