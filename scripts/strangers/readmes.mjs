// What the READMEs say, done word for word in an empty folder: what they install is installed, every entry of the
// package is imported, and their programs are compiled and run, each as a whole.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bin, root } from '../setup.mjs'
import { packagesOf } from './frame/release.mjs'
import { installIn, programsIn } from './frame/snippets.mjs'

const PREPARE = ['npm init -y', 'npm pkg set type=module']

export async function play({ note, machines }) {
  const compiled = new Map()
  for (const { node, project } of machines) {
    for (const { folder, manifest } of packagesOf(root)) {
      const name = manifest.name
      const readme = readFileSync(join(folder, 'README.md'), 'utf8')
      let site
      await note(`${name} installed as its README says, Node ${node}`, async () => {
        const install = installIn(readme)
        site = await project([...(install[0].startsWith('npm init') ? [] : PREPARE), ...install])
        return `${await importEntries(site, manifest)} entries imported and required`
      })
      if (!site) continue
      await note(`README of ${name}, Node ${node}`, () =>
        playPrograms(site, compiled, name, programsIn(readme)),
      )
      if (name === 'sandglass') {
        await note(`its command, Node ${node}`, async () => {
          const { stdout } = await site.run('npx', ['sandglass', 'list', 'preset', '--json'])
          return `${JSON.parse(stdout).length} presets listed`
        })
        const programs = programsIn(readFileSync(join(root, 'README.md'), 'utf8'))
        await note(`README of the repository, Node ${node}`, () =>
          playPrograms(site, compiled, 'repository', programs),
        )
      }
    }
  }
}

async function importEntries({ run }, { name, exports }) {
  const entries = Object.keys(exports).filter((path) => path !== './package.json')
  const specifiers = JSON.stringify(entries.map((entry) => entry.replace('.', name)))
  await run('node', ['--input-type=module', '-e', `for (const s of ${specifiers}) await import(s)`])
  await run('node', ['--input-type=commonjs', '-e', `for (const s of ${specifiers}) require(s)`])
  return entries.length
}

/** Runs programs in a folder of their own in the project, compiled unless another machine has; gives how many. */
async function playPrograms({ folder, run }, compiled, name, programs) {
  const site = join(folder, name.replace(/.*\//, ''))
  mkdirSync(site)
  if (!compiled.has(name)) compiled.set(name, await compile({ site, run }, programs))
  for (const [i, code] of compiled.get(name).entries()) {
    const path = join(site, `program-${i + 1}.js`)
    writeFileSync(path, code)
    await run('node', [path], { cwd: site })
  }
  return `${programs.length} ${programs.length === 1 ? 'program' : 'programs'} compiled and run`
}

async function compile({ site, run }, programs) {
  programs.forEach((program, i) => {
    // What Node takes for a module even where it is one file without imports.
    writeFileSync(join(site, `program-${i + 1}.ts`), `${program}\nexport {}\n`)
  })
  const compilerOptions = {
    strict: true,
    target: 'es2022',
    module: 'nodenext',
    skipLibCheck: true,
    types: [],
    outDir: 'built',
  }
  writeFileSync(join(site, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  await run(bin('tsc'), ['-p', site])
  return programs.map((_, i) => readFileSync(join(site, 'built', `program-${i + 1}.js`), 'utf8'))
}
