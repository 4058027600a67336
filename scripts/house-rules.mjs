// Rules of the house that no linter knows: see CONTRIBUTING.md.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './setup.mjs'

const LONGEST = 500
const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
const sources = tracked
  .split('\n')
  .filter((path) => /^(packages|apps)\/[^/]+\/src\/.*\.ts$/.test(path) && existsSync(join(root, path)))
const problems = []

for (const path of sources) {
  const text = readFileSync(join(root, path), 'utf8')
  const test = path.endsWith('.test.ts')
  const lines = text.split('\n').length
  if (!test && lines > LONGEST && !/generated/i.test(text.slice(0, 300)))
    problems.push(`${path}: ${lines} lines, more than ${LONGEST}`)
  if (
    !test &&
    /\bnode:/.test(text) &&
    /from 'node:/.test(text) &&
    !/\/src\/(node\/|cli)/.test(path) &&
    !/^(packages\/(sandglass|compiler)|apps)\//.test(path)
  )
    problems.push(`${path}: imports node:* outside src/node`)
  if (test && /\.(skip|only|todo)\(/.test(text)) problems.push(`${path}: skipped, lone or missing test`)
  if (!test && !path.includes('/testing/') && /\.dataSync\(|\.arraySync\(/.test(text))
    problems.push(`${path}: reads a tensor synchronously`)
}

const lock = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
if (/https?:\/\//.test(lock)) problems.push('pnpm-lock.yaml: names a host')

// Code without tests: a folder in which, and around which, nothing is tested.
const tested = new Set(sources.filter((path) => path.endsWith('.test.ts')).map((path) => dirname(path)))
const folders = new Set(sources.map((path) => dirname(path)))
for (const folder of folders) {
  const around = [folder, dirname(folder), ...[...folders].filter((other) => other.startsWith(`${folder}/`))]
  if (!around.some((path) => tested.has(path))) problems.push(`${folder}: no test in it or beside it`)
}

for (const problem of problems) console.error(problem)
process.exit(problems.length ? 1 : 0)
