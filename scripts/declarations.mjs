// Emits the declarations of the package in the current folder, one file for each module that its entries reach. Bundled
// declarations would hide the augmentable interfaces behind aliases; plain ones keep `declare module '@sandglass/core'`
// working for plugins.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { root } from './setup.mjs'

const folder = process.cwd()
const source = join(folder, 'src')
const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile)
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
// What is published: the entries, what they import, and what they know of files that are not TypeScript.
const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const entries = Object.values(exports).flatMap(({ '@sandglass/source': entry = [] }) =>
  typeof entry === 'string' ? entry : Object.values(entry),
)
const files = [...entries.map((path) => join(folder, path)), ...ts.sys.readDirectory(source, ['.d.ts'])]
const program = ts.createProgram(files, {
  ...options,
  customConditions: [], // other packages by their declarations, not their sources
  noEmit: false,
  declaration: true,
  emitDeclarationOnly: true,
  rootDir: folder,
  outDir: join(folder, 'dist'),
})

// tsup cleans up all but declarations: those of modules that are gone would stay.
for (const path of ts.sys.readDirectory(join(folder, 'dist'), ['.d.ts'])) rmSync(path)
const checker = program.getTypeChecker()
const { diagnostics } = program.emit(undefined, write)
const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics]
if (problems.length) {
  console.error(
    ts.formatDiagnosticsWithColorAndContext(problems, {
      getCurrentDirectory: () => root,
      getCanonicalFileName: (name) => name,
      getNewLine: () => '\n',
    }),
  )
  process.exit(1)
}

/** `dist/src/x.d.ts` becomes `dist/x.d.ts`, with the extensions that Node's resolution wants. */
function write(path, text) {
  const inside = relative(join(folder, 'dist', 'src'), path)
  if (inside.startsWith('..')) return
  const target = join(folder, 'dist', inside)
  const from = dirname(join(source, inside))
  // tfjs's code imported for what it does declares nothing, and some of it has no declarations at all.
  const declaring = text.replace(/^import '@tensorflow\/.*\n/gm, '') || 'export {};\n'
  const direct = declaring.replace(
    /import\("(\.[^"]*)"\)\.(\w+)/g,
    (_, specifier, name) => `import("${origin(from, specifier, name)}").${name}`,
  )
  const extended = direct.replace(
    /((?:from|import\(|declare module)\s*['"])(\.{1,2}(?:\/[^'"]*)?)(['"])/g,
    (_, before, specifier, after) => {
      const file = moduleFile(from, specifier)
      return before + (file ? specifierOf(from, file).replace(/\.ts$/, '.js') : specifier) + after
    },
  )
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, extended)
}

/** Inferred types name what an index exports by way of that index, which makes a circle: here is the module itself. */
function origin(from, specifier, name) {
  const index = program.getSourceFile(moduleFile(from, specifier))
  const symbol = checker
    .getExportsOfModule(checker.getSymbolAtLocation(index))
    .find((each) => each.name === name)
  const original = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const file = original.declarations[0].getSourceFile().fileName
  return relative(source, file).startsWith('..') ? specifier : specifierOf(from, file).replace(/\.ts$/, '')
}

function moduleFile(from, specifier) {
  const base = resolve(from, specifier)
  return [`${base}.ts`, join(base, 'index.ts')].find((file) => existsSync(file))
}

function specifierOf(from, file) {
  const path = relative(from, file).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}
