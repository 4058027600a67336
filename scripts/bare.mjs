// A machine as a newcomer has it: some Node with its npm, git and the system's programs, an empty home, and none of the
// package managers and build tools that a developer has collected. The checks that play newcomers run in it.
import { spawnSync } from 'node:child_process'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { start } from './setup.mjs'

/** What nobody has who has only Node, npm and git. */
const ABSENT = ['pnpm', 'pnpx', 'yarn', 'yarnpkg', 'bun', 'bunx', 'corepack', 'turbo', 'tsx', 'tsc']

/** What must survive an empty environment: how this machine reaches the network, and its language. */
const KEPT =
  /^((HTTPS?|NO|ALL)_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|GIT_SSL_CAINFO|LANG|LC_.*|TZ|TERM|TMPDIR|CI)$/i

/** The npm that a Node of each major version brings; with newer ones the newest npm is tried. */
const NPM = { 20: '10.8', 22: '10.9', 24: '11' }

const OLDEST = '20.19.0'
const NEWEST = 'latest'

/**
 * Versions of Node that everything must run on, for `nodeOfVersion`: the oldest and the newest, or with the variable
 * SANDGLASS_NODES=all those between as well; it may also list some: SANDGLASS_NODES=22,24.
 */
export function nodesToTry() {
  const wanted = process.env.SANDGLASS_NODES
  if (!wanted) return [OLDEST, NEWEST]
  return wanted === 'all' ? [OLDEST, '22', '24', NEWEST] : wanted.split(',')
}

/**
 * A Node of a version (`'22'`, `'20.19.0'`, `'latest'`) and the npm that it brings, from npm's own packages; downloaded
 * once into the user's cache. Gives `{ version, node, npm }`: the version that it is, and the two files to run.
 */
export function nodeOfVersion(wanted) {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const prefix = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
  const name = `${prefix}-${platform}-${process.arch}`
  const version = newest(`${name}@${wanted}`)
  const npm = newest(`npm@${NPM[version.split('.')[0]] ?? 'latest'}`)
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const folder = join(cache, 'sandglass', 'nodes', `${version}-npm-${npm}`)
  if (!existsSync(join(folder, 'node_modules', '.package-lock.json'))) {
    mkdirSync(folder, { recursive: true })
    const install = ['install', '--ignore-scripts', '--no-audit', '--no-save', '--loglevel=error']
    npmHere([...install, '--prefix', folder, `${name}@${version}`, `npm@${npm}`])
  }
  const modules = join(folder, 'node_modules')
  return {
    version,
    node: join(modules, name, 'bin', platform === 'win' ? 'node.exe' : 'node'),
    npm: join(modules, 'npm', 'bin', 'npm-cli.js'),
  }
}

/** The newest version that fits `name@range`. */
function newest(spec) {
  const found = JSON.parse(npmHere(['view', spec, 'version', '--json']))
  return [found]
    .flat()
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1)
}

function npmHere(args) {
  const { status, stdout, error } = start('npm', args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  if (status !== 0) throw error ?? new Error(`npm ${args.join(' ')} failed`)
  return stdout
}

/**
 * An empty home and a PATH of links to this machine's programs without pnpm, yarn, corepack, turbo and their like; with
 * `node` (of `nodeOfVersion`) that Node and its npm instead of the machine's. `absent` names further programs to hide.
 *
 * `env` is the whole environment to start programs with, `home` an empty folder, and `run` starts one and gives what it
 * printed: `{ status, stdout, stderr, seconds }`. `dispose` removes everything.
 */
export function bareEnvironment({ node, absent = [] } = {}) {
  if (process.platform === 'win32') throw new Error('a PATH of links needs Linux or macOS')
  const folder = mkdtempSync(join(tmpdir(), 'sandglass-bare-'))
  const [bin, home] = ['bin', 'home'].map((name) => join(folder, name))
  for (const path of [bin, home]) mkdirSync(path)
  const hidden = new Set([...ABSENT, ...absent, ...(node ? ['node', 'npm', 'npx'] : [])])
  for (const [name, path] of programs()) if (!hidden.has(name)) symlinkSync(path, join(bin, name))
  if (node) {
    symlinkSync(node.node, join(bin, 'node'))
    symlinkSync(node.npm, join(bin, 'npm'))
    symlinkSync(node.npm.replace(/npm-cli\.js$/, 'npx-cli.js'), join(bin, 'npx'))
  }
  const kept = Object.entries(process.env).filter(([name]) => KEPT.test(name))
  const env = { ...Object.fromEntries(kept), PATH: bin, HOME: home, npm_config_registry: registry() }
  const run = (command, args, options = {}) => {
    const started = Date.now()
    const result = spawnSync(command, args, { encoding: 'utf8', env, maxBuffer: 2 ** 28, ...options })
    if (result.error) throw result.error
    const { status, stdout, stderr } = result
    return { status, stdout, stderr, seconds: (Date.now() - started) / 1000 }
  }
  return { env, home, run, dispose: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Where this machine gets packages from: its npm's settings lie in the home that is left behind. */
function registry() {
  return npmHere(['config', 'get', 'registry']).trim()
}

/** Every program on the PATH and where it is; the first of a name counts. */
function programs() {
  const found = new Map()
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (!folder || folder.includes('node_modules') || !existsSync(folder)) continue
    for (const name of readdirSync(folder))
      if (!found.has(name) && runs(join(folder, name))) found.set(name, join(folder, name))
  }
  return found
}

function runs(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
