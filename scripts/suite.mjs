// Every check and test of the workspace, once it is installed and built.
// SANDGLASS_REQUIRE=tensorflow,webgpu,… turns "skipped because … is missing" into failures.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { bin, root } from './setup.mjs'

/** Runs all of them. */
export function runSuite(tally) {
  const required = (process.env.SANDGLASS_REQUIRE ?? '').split(',')
  const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name))
  tally.run('lint and format', bin('biome'), ['check', '.'])
  tally.run('types', bin('tsc'), ['--noEmit'])
  const cruise = (config, files) => ['--config', config, files, '--output-type', 'err']
  tally.run('dependency rule', bin('depcruise'), cruise('.dependency-cruiser.cjs', 'packages'))
  const declarations = cruise('.dependency-cruiser.declarations.cjs', 'packages/*/dist/**/*.d.ts')
  tally.run('circles in declarations', bin('depcruise'), declarations)
  tally.run('house rules', process.execPath, ['scripts/house-rules.mjs'])
  tally.run('unused code', bin('knip'), [])
  for (const path of packages) tally.run(`publint ${path}`, bin('publint'), ['--strict', path])
  for (const path of packages)
    tally.run(`types as published, ${path}`, bin('attw'), ['--pack', path, '--profile', 'esm-only', '-q'])
  runTests(tally, 'tests', [])
  if (required.includes('chromium') || existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium'))
    runTests(tally, 'tests in Chromium', [
      '--root',
      'packages/compiler',
      '--config',
      'vitest.browser.config.ts',
    ])
  tally.run('strangers', process.execPath, ['scripts/strangers.mjs'])
}

/** Runs tests: all, or those in files whose path contains one of `arguments_`. */
export function runTests(tally, name, arguments_, options) {
  tally.run(name, bin('vitest'), ['run', ...arguments_], options)
}
