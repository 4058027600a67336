// The published types: those of Sandglass hold when libraries are checked too, with the oldest and the newest TypeScript
// and with and without Node's types; and they know the specs of every package.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup.mjs'
import { developersProject, TYPESCRIPT } from './frame/developers-project.mjs'
import { packagesOf } from './frame/release.mjs'

/** What TypeScript finds in libraries that are not ours; the README of sandglass names it. */
const THEIRS = /^node_modules\/(@tensorflow\/tfjs-core|@webgpu\/types|@typescript\/|typescript)/

export async function play({ note, newest }) {
  const { folder, run } = await developersProject(newest)
  const entries = packagesOf(root).flatMap(({ manifest: { name, exports } }) =>
    Object.keys(exports)
      .filter((path) => path !== './package.json')
      .map((path) => path.replace('.', name)),
  )
  const all = entries.map((entry, i) => `export * as e${i} from '${entry}'\n`)
  writeFileSync(join(folder, 'all.ts'), all.join(''))
  writeFileSync(join(folder, 'specs.ts'), readFileSync(join(root, 'scripts/strangers/frame/specs.user.ts')))
  for (const typescript of Object.keys(TYPESCRIPT))
    await note(`published types, ${typescript}`, async () => {
      let checked = 0
      for (const [moduleResolution, module] of [
        ['nodenext', 'nodenext'],
        ['bundler', 'esnext'],
      ])
        for (const types of [[], ['node']]) {
          await check({ moduleResolution, module, types })
          checked++
        }
      return `${entries.length} entries hold in ${checked} configurations`

      async function check(options) {
        const fixed = { noEmit: true, strict: true, target: 'es2022', skipLibCheck: false }
        const compilerOptions = { ...fixed, ...options }
        const files = ['all.ts', 'specs.ts']
        writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
        const tsc = join('node_modules', typescript, 'bin', 'tsc')
        const { stdout } = await run('node', [tsc, '--pretty', 'false'], { failing: true })
        const ours = stdout.split('\n').filter((line) => /^\S/.test(line) && !THEIRS.test(line))
        assert.deepEqual(ours, [], JSON.stringify(options))
      }
    })
}
