// The release, rehearsed in a copy of the workspace: changesets chooses the versions and publishes to another registry.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { root } from '../../setup.mjs'
import { execute } from './execute.mjs'

const VERSIONED = [
  'package.json',
  'pnpm-workspace.yaml',
  'pnpm-lock.yaml',
  '.changeset',
  'LICENSE',
  'README.md',
]

/** The packages of the workspace: `[{ folder, manifest }]`. */
export function packagesOf(workspace) {
  return readdirSync(join(workspace, 'packages'))
    .map((name) => join(workspace, 'packages', name))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
}

/** Versions and publishes a copy of the workspace, made in `folder`; gives the names and versions that came out. */
export async function rehearseRelease(folder, registry) {
  const copy = join(folder, 'workspace')
  copyWorkspace(copy)
  const { host } = new URL(registry)
  writeFileSync(join(copy, '.npmrc'), `registry=${registry}\n//${host}/:_authToken=rehearsal\n`)
  const own = join(root, 'node_modules', '.bin')
  const env = {
    ...process.env,
    PATH: `${own}${delimiter}${process.env.PATH}`,
    npm_config_registry: registry,
    [`npm_config_//${host}/:_authToken`]: 'rehearsal',
  }
  const run = (command, args) => execute(command, args, { cwd: copy, env })
  const git = ['-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@localhost']
  await run('git', ['init', '--quiet'])
  await run('git', ['add', '--all'])
  await run('git', [...git, 'commit', '--quiet', '--message', 'before the release'])
  await run('changeset', ['version'])
  for (const { folder, manifest } of packagesOf(copy)) withoutProvenance(folder, manifest)
  await run('git', ['add', '--all'])
  await run('git', [...git, 'commit', '--quiet', '--message', 'the release'])
  await run('changeset', ['publish'])
  return packagesOf(copy).map(({ manifest: { name, version } }) => ({ name, version }))
}

/** What is released and what chooses its version; built code as it is; links to the packages instead of an installation. */
function copyWorkspace(copy) {
  mkdirSync(join(copy, 'packages'), { recursive: true })
  for (const path of VERSIONED) cpSync(join(root, path), join(copy, path), { recursive: true })
  writeFileSync(join(copy, '.gitignore'), 'node_modules\ndist\n')
  const packages = packagesOf(root)
  for (const { folder, manifest } of packages) {
    const target = folder.replace(root, copy)
    const filter = (path) => !path.endsWith('node_modules') && !path.startsWith(join(folder, 'src'))
    cpSync(folder, target, { recursive: true, filter })
    const { dependencies, devDependencies } = manifest
    for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
      const sibling = packages.find((other) => other.manifest.name === name)
      if (!sibling) continue
      const link = join(target, 'node_modules', name)
      mkdirSync(join(link, '..'), { recursive: true })
      symlinkSync(sibling.folder.replace(root, copy), link)
    }
  }
}

/** Provenance is signed by the service that publishes, so here it cannot be. */
function withoutProvenance(folder, manifest) {
  const { provenance: _, ...publishConfig } = manifest.publishConfig
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, publishConfig }, null, 2))
}
