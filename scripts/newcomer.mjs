// The README's commands as a newcomer has them: a fresh clone, an empty home, and of programs only Node, its npm, git
// and what the system brings. Alone: node scripts/newcomer.mjs; SANDGLASS_NODES chooses the versions of Node.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bareEnvironment, nodeOfVersion, nodesToTry } from './bare.mjs'
import { root } from './setup.mjs'
import { createTally } from './tally.mjs'

/** What no newcomer should have to read. */
const ALARMING = /warn|fail|error|ignored|deprecat|cannot|unable|[│╭╰]/i

/** Tests on what an installed but unbuilt tfjs-node spoils, and of every backend that a new installation has. */
const TESTS = ['packages/trainer/src/backends', 'packages/sandglass/src/parity']

/** Plays a newcomer with each of these versions of Node. */
export function playNewcomers(tally, versions = nodesToTry()) {
  for (const version of versions) {
    const node = nodeOfVersion(version)
    const bare = bareEnvironment({ node })
    const clone = join(bare.home, 'sandglass')
    try {
      execFileSync('git', ['clone', '--quiet', root, clone])
      const check = (args, faultsOf) => {
        const { status, stdout, stderr, seconds } = bare.run('npm', args, { cwd: clone })
        const faults = status === 0 ? faultsOf(stdout, stderr) : [`exit code ${status}`]
        const name = `npm ${args.join(' ')}, Node ${node.version}`
        if (!tally.note(name, faults.length === 0, seconds, faults.join('; ')))
          console.log(`${stdout}\n${stderr}`.replaceAll(/^/gm, '    | '))
      }
      const train = ['start', '--', '--epochs', '1']
      check(train, (stdout, stderr) => faultsOfStart(stdout, stderr, { installs: true }))
      check(train, (stdout, stderr) => faultsOfStart(stdout, stderr, { installs: false }))
      check(['test', '--', ...TESTS], printing(/^Checks: 1 passed, 0 failed\n$/m))
      const rows = ['--list', '--rows', 'stacked-ml2', '--seeds', '7']
      check(['run', 'headlines', '--', ...rows], printing(/^stacked-ml2 published 7$/m))
      check(['run', 'bench', '--', 'schema'], printing(/^ {2}"\$schema": /m))
    } finally {
      bare.dispose()
    }
  }
}

function printing(expected) {
  return (stdout) => (expected.test(stdout) ? [] : [`does not print ${expected}`])
}

/** What is wrong with what `npm start` printed. */
function faultsOfStart(stdout, stderr, { installs }) {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('npm notice'))
  const faults = lines.filter((line) => ALARMING.test(line)).map((line) => `prints "${line}"`)
  const data = lines.findIndex((line) => line.startsWith('Data: '))
  const backend = lines.findIndex((line) => line.startsWith('Backend: onnxruntime on '))
  if (data < 0 || backend < 0) faults.push('does not say which data and that ONNX Runtime is used')
  else if (backend - data > 2) faults.push('more than two lines about the data')
  if (lines.some((line) => line.startsWith('Installing')) !== installs)
    faults.push(installs ? 'does not say that it installs' : 'installs again')
  const report = /^Report: (.*)$/m.exec(stdout)?.[1]
  if (!report || !existsSync(report)) faults.push('leaves no report')
  return faults
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tally = createTally()
  playNewcomers(tally)
  tally.finish()
}
