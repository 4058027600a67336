// Plays strangers: releases the packages to a registry of its own, installs them from there into empty folders, on the
// oldest and the newest Node, and uses them as their READMEs say. A line and a figure for each check; each is a file in
// scripts/strangers. Alone: node scripts/strangers.mjs [names]
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeOfVersion, nodesToTry } from './bare.mjs'
import { root, setup } from './setup.mjs'
import { createProjects } from './strangers/frame/projects.mjs'
import { openRegistry } from './strangers/frame/registry.mjs'
import { packagesOf, rehearseRelease } from './strangers/frame/release.mjs'
import { createTally } from './tally.mjs'

setup()
const wanted = process.argv.slice(2)
const cases = readdirSync(join(root, 'scripts', 'strangers'))
  .filter((file) => file.endsWith('.mjs') && (wanted.length === 0 || wanted.includes(file.slice(0, -4))))
  .sort()
const folder = mkdtempSync(join(tmpdir(), 'sandglass-strangers-'))
const names = new Set(packagesOf(root).map(({ manifest }) => manifest.name))
const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()
const registry = await openRegistry({ upstream, own: (name) => names.has(name) })
const machines = nodesToTry().map((version) => createProjects(nodeOfVersion(version), registry.url))
const tally = createTally()

/** Counts what `check` gives, a figure in words, or why it threw. */
async function note(name, check) {
  const started = Date.now()
  const seconds = () => (Date.now() - started) / 1000
  try {
    const figure = await check()
    tally.note(name, true, seconds(), figure)
  } catch (error) {
    tally.note(name, false, seconds(), error.message)
  }
}

try {
  let released
  await note('release rehearsed', async () => {
    released = await rehearseRelease(folder, registry.url)
    return released.map(({ name, version }) => `${name} ${version}`).join(', ')
  })
  for (const file of released ? cases : []) {
    const { play } = await import(`./strangers/${file}`)
    await play({ note, released, registry, machines, oldest: machines[0], newest: machines.at(-1) })
  }
} finally {
  registry.close()
  for (const { dispose } of machines) dispose()
  rmSync(folder, { recursive: true, force: true })
}
tally.finish()
