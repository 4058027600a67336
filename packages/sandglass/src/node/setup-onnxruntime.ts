import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SandglassError } from '@sandglass/core'
import { optionalDependencies } from '../../package.json'

const PACKAGE = 'onnxruntime-node'

export interface SetupOnnxruntimeOptions {
  /** Told what npm prints. */
  readonly log?: (line: string) => void
  /** The project into which this package is installed. Default: the one that holds it. */
  readonly folder?: string
  /** Runs a program; stands in for npm in tests. */
  readonly run?: typeof runProgram
}

export interface OnnxruntimeSetup {
  readonly version: string
  /** False when it was there already. */
  readonly changed: boolean
  readonly folder: string
}

/**
 * Installs onnxruntime-node beside this package with npm, without its install script, which brings nothing but the
 * libraries for CUDA and fails where their host cannot be reached. Checks that it loads.
 *
 * Throws `SandglassError` (`backend`) when npm fails or the package does not load.
 */
export async function setupOnnxruntime({
  log = () => undefined,
  folder = projectOf(fileURLToPath(import.meta.url)),
  run = runProgram,
}: SetupOnnxruntimeOptions = {}): Promise<OnnxruntimeSetup> {
  const before = versionIn(folder)
  if (before !== undefined && (await loads(folder, run)) === undefined)
    return { version: before, changed: false, folder }
  const wanted = `${PACKAGE}@${optionalDependencies[PACKAGE]}`
  log(`npm install ${wanted} in ${folder}`)
  const env = { ONNXRUNTIME_NODE_INSTALL: 'skip', npm_config_onnxruntime_node_install: 'skip' }
  const installed = await run('npm', ['install', '--no-audit', '--no-fund', wanted], { folder, env, log })
  if (installed.code !== 0)
    throw new SandglassError('backend', `npm cannot install ${wanted}`, {
      got: installed.output.trim().split('\n').at(-1) || `exit code ${installed.code}`,
      advice: 'Check the connection to the registry, then try again.',
    })
  const failure = await loads(folder, run)
  if (failure !== undefined)
    throw new SandglassError('backend', `${wanted} is installed, but does not load`, {
      got: failure,
      advice:
        'It has no build for some platforms, such as Alpine Linux. The backend onnxruntime-web runs there.',
    })
  return { version: versionIn(folder)!, changed: true, folder }
}

/** The folder whose `node_modules` holds a file, or where it is a project of its own the one with its package.json. */
export function projectOf(file: string): string {
  const at = file.lastIndexOf(`${sep}node_modules${sep}`)
  if (at >= 0) return file.slice(0, at)
  let folder = dirname(file)
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}

/** Of the package as a module in `folder` would find it. */
function versionIn(folder: string): string | undefined {
  const path = join(folder, 'node_modules', PACKAGE, 'package.json')
  if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
  return dirname(folder) === folder ? undefined : versionIn(dirname(folder))
}

/** In a process of its own: one that could not be loaded stays so for as long as this one lives. */
async function loads(folder: string, run: typeof runProgram): Promise<string | undefined> {
  const { code, output } = await run(process.execPath, ['-e', `require('${PACKAGE}')`], {
    folder,
    env: { NODE_PATH: '' },
  })
  if (code === 0) return undefined
  return output.split('\n').find((line) => /^\w*Error:/.test(line)) ?? `exit code ${code}`
}

/** Runs a program in a folder; what it prints goes to `log` by the line and is returned. */
export function runProgram(
  program: string,
  args: readonly string[],
  {
    folder,
    env,
    log,
  }: { folder: string; env?: Readonly<Record<string, string>>; log?: (line: string) => void },
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    // npm is a script there.
    const shell = process.platform === 'win32' && program === 'npm'
    const child = spawn(program, [...args], { cwd: folder, env: { ...process.env, ...env }, shell })
    let output = ''
    const take = (chunk: Buffer) => {
      output += chunk
      for (const line of String(chunk).split('\n')) if (line.trim()) log?.(line)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', (error) => resolve({ code: null, output: error.message }))
    child.on('close', (code) => resolve({ code, output }))
  })
}
