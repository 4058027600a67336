// Packs every package, installs the tarballs into an empty project, and uses them as a stranger would.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bin, root } from './setup.mjs'

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'sandglass-pack-'))
const sh = (command, args, cwd) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })

try {
  const tarballs = {}
  for (const name of readdirSync(join(root, 'packages'))) {
    const path = join(root, 'packages', name)
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
    sh('npm', ['exec', '--yes', '--', packageManager, 'pack', '--pack-destination', folder], path)
    const file = readdirSync(folder).find((f) =>
      f.startsWith(`${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}`),
    )
    if (!file) throw new Error(`no tarball of ${manifest.name}`)
    tarballs[manifest.name] = `file:${join(folder, file)}`
  }
  const project = join(folder, 'project')
  execFileSync('mkdir', [project])
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      name: 'stranger',
      private: true,
      type: 'module',
      dependencies: tarballs,
      overrides: tarballs,
    }),
  )
  sh(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps', '--prefer-offline'],
    project,
  )
  writeFileSync(join(project, 'use.mjs'), readFileSync(join(root, 'scripts', 'pack-test.user.mjs')))
  process.stdout.write(sh(process.execPath, ['use.mjs'], project))
  writeFileSync(join(project, 'use.ts'), readFileSync(join(root, 'scripts', 'pack-test.user.ts')))
  for (const [moduleResolution, module] of [
    ['bundler', 'esnext'],
    ['nodenext', 'nodenext'],
  ]) {
    const compilerOptions = {
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      target: 'es2022',
      types: [],
      moduleResolution,
      module,
    }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }))
    process.stdout.write(sh(bin('tsc'), ['-p', project], project))
  }
  console.log('published types hold')
  process.stdout.write(
    `${sh(join(project, 'node_modules', '.bin', 'sandglass'), ['list'], project)
      .split('\n')
      .slice(0, 3)
      .join('\n')}\n`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
