// The plugin of examples/plugin as somebody else would write it: compiled against what is released, packed, installed by
// name beside it in another empty folder, and used from TypeScript and at the command line.
import assert from 'node:assert/strict'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bin, root } from '../setup.mjs'

const NAME = 'sandglass-plugin-rings'
const source = join(root, 'examples', 'plugin')

export async function play({ note, oldest, newest }) {
  let tarball
  await note(`the example plugin compiled and packed, Node ${oldest.node}`, async () => {
    const { folder, run } = await oldest.project([
      'npm init -y',
      'npm pkg set type=module',
      'npm install sandglass @sandglass/core @sandglass/datasets @sandglass/trainer @tensorflow/tfjs-core zod',
    ])
    const author = join(folder, 'plugin')
    cpSync(source, author, { recursive: true })
    await run(bin('tsc'), ['-p', author])
    const { stdout } = await run('npm', ['pack', '--json'], { cwd: author })
    tarball = join(author, JSON.parse(stdout)[0].filename)
    return `${JSON.parse(stdout)[0].files.length} files`
  })
  for (const machine of tarball ? new Set([oldest, newest]) : []) await use(machine, note, tarball)
}

async function use({ node, project }, note, tarball) {
  const { folder, run } = await project([
    'npm init -y',
    'npm pkg set type=module',
    `npm install sandglass ${tarball}`,
  ])
  const sandglass = (...args) => run('npx', ['sandglass', ...args])

  await note(`the example plugin from TypeScript, Node ${node}`, async () => {
    cpSync(join(source, 'use.ts'), join(folder, 'use.ts'))
    const options = ['--strict', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck']
    await run(bin('tsc'), [...options, '--outDir', '.', 'use.ts'])
    const { stdout } = await run('node', ['use.js'])
    assert.match(stdout, /^plain 20 0\.0\d+$/m)
    assert.match(stdout, /^adversarial reached 0\.00\d+$/m)
    assert.match(stdout, /^samples 5 × 2$/m)
    return stdout.trim().split('\n').join('; ')
  })

  await note(`the example plugin at the command line, Node ${node}`, async () => {
    writeFileSync(join(folder, 'sandglass.config.js'), `export default { plugins: ['${NAME}'] }\n`)
    const { stdout } = await sandglass('list', '--json')
    const listed = JSON.parse(stdout).filter(({ type }) => type.startsWith('rings/'))
    assert.equal(listed.length, 9, listed.map(({ type }) => type).join())
    await sandglass('train', 'rings/small', '--out', 'run', '--epochs', '3')
    assert.ok(existsSync(join(folder, 'run', 'code-norms.png')), 'no exhibit')
    const { history } = JSON.parse(readFileSync(join(folder, 'run', 'result.json'), 'utf8'))
    assert.ok(history.every((entry) => entry.val_critic_loss > 0 && entry.val_autoencoder_loss > 0))
    await sandglass('resume', 'run', '--epochs', '4')
    await sandglass('sample', 'run', '--sampler', 'rings/parzen', '--size', '7', '--out', 'samples.csv')
    const rows = readFileSync(join(folder, 'samples.csv'), 'utf8').trim().split('\n')
    assert.equal(rows.length, 8)
    const measured = await sandglass('doctor', '--workload', 'rings/step', '--seconds', '0.2', '--json')
    const speeds = JSON.parse(measured.stdout).backends.filter(({ stepsPerSecond }) => stepsPerSecond > 0)
    assert.ok(speeds.length > 0, measured.stdout)
    return `${listed.length} definitions, trained, resumed, sampled; its workload measured on ${speeds.length} backends`
  })
}
