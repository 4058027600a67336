// What `npm start` and `npm test` share: install and build when something changed, quickly when nothing did.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const windows = process.platform === 'win32'

/** Runs a command in the workspace and gives what `spawnSync` gives. Windows starts npm and its like by a shell only. */
export function start(command, args, options = {}) {
  const settings = { cwd: root, stdio: 'inherit', ...options }
  if (!windows || /\.exe$/i.test(command)) return spawnSync(command, args, settings)
  const quoted = [command, ...args].map((word) => (/[^\w./\\:@=-]/.test(word) ? `"${word}"` : word))
  return spawnSync(quoted.join(' '), { ...settings, shell: true })
}

/** Runs a command in the workspace; ends the process when it fails. */
export function run(command, args, options = {}) {
  const result = start(command, args, options)
  if (result.error) fail(`cannot run ${command}: ${result.error.message}`)
  if (result.status !== 0) process.exit(result.status ?? 1)
}

/** A program that the workspace installed. */
export function bin(name) {
  return join(root, 'node_modules', '.bin', windows ? `${name}.cmd` : name)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}

/** The environment with the workspace's own programs on its PATH: turbo looks there for the package manager. */
function environment() {
  const path = Object.keys(process.env).find((name) => /^path$/i.test(name)) ?? 'PATH'
  const own = join(root, 'node_modules', '.bin')
  return {
    ...process.env,
    [path]: `${own}${delimiter}${process.env[path] ?? ''}`,
    TURBO_TELEMETRY_DISABLED: '1',
  }
}

/** Installs what the lock file says, unless that is what is installed. */
function install() {
  const stamp = join(root, 'node_modules', '.installed')
  const manifests = ['packages', 'apps']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name, 'package.json')))
    .concat(join('examples', 'package.json'))
    .filter((path) => existsSync(join(root, path)))
  const hash = createHash('sha256')
  for (const path of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests.sort()])
    hash.update(readFileSync(join(root, path)))
  const wanted = hash.digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.error(`Installing dependencies with ${packageManager} (once; about a minute)…`)
  const pnpm = ['exec', '--yes', '--', packageManager, 'install', '--frozen-lockfile', '--prefer-offline']
  run('npm', [...pnpm, '--reporter=append-only', '--loglevel=warn'], { stdio: ['ignore', 2, 2] })
  writeFileSync(stamp, wanted)
}

/** Builds what has changed. What the tools say about it is shown only when they fail. */
function build() {
  console.error('Building what has changed…')
  const args = ['run', 'build', '--output-logs=errors-only', '--no-update-notifier']
  const options = { stdio: 'pipe', env: environment(), encoding: 'utf8', maxBuffer: 2 ** 28 }
  const result = start(bin('turbo'), args, options)
  if (result.error) fail(`cannot run turbo: ${result.error.message}`)
  if (result.status !== 0) fail(`${result.stdout}${result.stderr}`)
}

/** Installs and builds; returns once everything is up to date. */
export function setup() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Sandglass needs Node 20.19 or newer; this is ${process.versions.node}.`)
  install()
  build()
}
