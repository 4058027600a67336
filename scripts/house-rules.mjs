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

// Behaviour hangs on declared traits: code that compares with names of layers or activations, or lists them, treats a
// plugin's as second class.
const defined = new Set()
for (const path of sources.filter((path) => !path.endsWith('.test.ts')))
  for (const [, type] of readFileSync(join(root, path), 'utf8').matchAll(
    /define(?:Layer\(|\('(?:layer|activation)', )\{\s*type: '(\w+)'/g,
  ))
    defined.add(type)
if (defined.size < 50)
  problems.push('scripts/house-rules.mjs: the names of layers and activations were not found')
const quoted = (text) => [...text.matchAll(/'([^']*)'/g)].map(([, word]) => word)
for (const path of sources.filter((path) => !/\.test\.ts$|\/(testing|parity)\/|^apps\//.test(path))) {
  const text = readFileSync(join(root, path), 'utf8')
  const lists = [...text.matchAll(/\[\s*('\w+'\s*(?:,\s*'\w+'\s*)*),?\s*\]/g)].map(([, list]) => quoted(list))
  const listed = lists.find((list) => list.length > 1 && list.every((word) => defined.has(word)))
  const compared = [...text.matchAll(/type\b[^=!<>\n]{0,20}[!=]==\s*'(\w+)'/g)].find(([, word]) =>
    defined.has(word),
  )
  const found = listed?.join(', ') ?? compared?.[1]
  if (found)
    problems.push(`${path}: asks for the type ${found}; let layers and activations declare what they are`)
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
