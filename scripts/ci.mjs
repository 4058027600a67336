// Everything that must hold, on a bare Debian machine with Node, npm and git. First the README's commands as a newcomer
// has them, before anything optional is there; then the same with all that tests can use, and none of it may be missing.
// The oldest and the newest Node are tried; --all-nodes tries those between as well.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeOfVersion, nodesToTry } from './bare.mjs'
import { playNewcomers } from './newcomer.mjs'
import { root, run, setup } from './setup.mjs'
import { runSuite } from './suite.mjs'
import { createTally } from './tally.mjs'

const DEBIAN = 'dataset-fashion-mnist chromium libvulkan1 g++ make python3 python3-pip python3-venv'.split(
  ' ',
)
const REQUIRED = 'cpu,wasm,tensorflow,webgpu,fashion-mnist,chromium,onnxruntime,python'

/** Where native code meets Node: ONNX Runtime, its C interface, tfjs-node's binding; and where all engines agree. */
const NATIVE = [
  'packages/compiler/src/backends',
  'packages/trainer/src/backends',
  'packages/sandglass/src/parity',
]

if (process.argv.includes('--all-nodes')) process.env.SANDGLASS_NODES = 'all'
process.env.CI = 'true'
const tally = createTally()

playNewcomers(tally)

installDebian()
Object.assign(process.env, { SANDGLASS_PYTHON: installPython(), SANDGLASS_REQUIRE: REQUIRED })
// The command that builds tfjs-node's binding is itself built here.
setup()
const cli = join(root, 'packages', 'sandglass', 'dist', 'cli.js')
run(process.execPath, [cli, 'setup', 'tensorflow'])

const folder = mkdtempSync(join(tmpdir(), 'sandglass-ci-'))
const start = ['start', '--', '--epochs', '1', '--out', join(folder, 'run')]
tally.run(`npm start with everything, Node ${process.versions.node}`, 'npm', start)
rmSync(folder, { recursive: true })
runSuite(tally)
for (const { version, node } of nodesToTry().map(nodeOfVersion))
  tally.run(`native parts, Node ${version}`, node, ['node_modules/vitest/vitest.mjs', 'run', ...NATIVE], {
    env: { ...process.env, SANDGLASS_REQUIRE: 'cpu,wasm,tensorflow,onnxruntime' },
  })
tally.finish()

/** Installs those of the system's packages that are missing. */
function installDebian() {
  const missing = DEBIAN.filter((name) => spawnSync('dpkg', ['-s', name], { stdio: 'ignore' }).status !== 0)
  if (missing.length === 0) return
  const sudo = process.getuid() === 0 ? [] : ['sudo', '-E']
  const apt = (...args) => {
    const [command, ...rest] = [...sudo, 'apt-get', '-qq', ...args]
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    execFileSync(command, rest, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  apt('update')
  apt('install', '-y', '--no-install-recommends', ...missing)
}

/** A Python that checks ONNX files, and where it is. */
function installPython() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const folder = join(cache, 'sandglass', 'ci-python')
  const python = join(folder, 'bin', 'python')
  if (!existsSync(python)) run('python3', ['-m', 'venv', folder])
  run(python, ['-m', 'pip', 'install', '--quiet', 'onnx', 'onnxruntime', 'numpy'])
  return python
}
