// `npm test`: installs, builds, then runs every check and test. Fails when any of them does.
// SANDGLASS_REQUIRE=tensorflow,webgpu,… turns "skipped because … is missing" into failures.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { bin, root, setup } from './setup.mjs'

setup()

const required = (process.env.SANDGLASS_REQUIRE ?? '').split(',')
const chromium = required.includes('chromium') || existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium')
const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name))
const checks = [
  ['lint and format', bin('biome'), ['check', '.']],
  ['types', bin('tsc'), ['--noEmit']],
  [
    'dependency rule',
    bin('depcruise'),
    ['--config', '.dependency-cruiser.cjs', 'packages', '--output-type', 'err'],
  ],
  [
    'circles in declarations',
    bin('depcruise'),
    ['--config', '.dependency-cruiser.declarations.cjs', 'packages/*/dist/**/*.d.ts', '--output-type', 'err'],
  ],
  ['house rules', process.execPath, ['scripts/house-rules.mjs']],
  ['unused code', bin('knip'), []],
  ...packages.map((path) => [`publint ${path}`, bin('publint'), ['--strict', path]]),
  ...packages.map((path) => [
    `types as published, ${path}`,
    bin('attw'),
    ['--pack', path, '--profile', 'esm-only', '-q'],
  ]),
  ['tests', bin('vitest'), ['run']],
  ...(chromium
    ? [
        [
          'tests in Chromium',
          bin('vitest'),
          ['run', '--root', 'packages/compiler', '--config', 'vitest.browser.config.ts'],
        ],
      ]
    : []),
  ['installed from tarballs', process.execPath, ['scripts/pack-test.mjs']],
]

const failed = []
for (const [name, command, args] of checks) {
  const started = Date.now()
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (status !== 0) failed.push(name)
}
if (failed.length) console.log(`\nFailed: ${failed.join(', ')}`)
console.log(`Checks: ${checks.length - failed.length} passed, ${failed.length} failed`)
process.exit(failed.length ? 1 : 0)
