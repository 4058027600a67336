import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { SandglassError } from '@sandglass/core'
import { firstThatRuns, runCommand } from './commands'

/**
 * Compiles the binding of an installed tfjs-node against a C library (`lib`, `include`), and puts it where tfjs-node
 * looks for it. It finds the library as `deps` beside it. The two source files need nothing but Node's C API, so the
 * compiler alone does it: no node-gyp, no make.
 */
export async function buildBinding(packageFolder: string, library: string): Promise<void> {
  const compiler = await firstThatRuns([process.env.CXX, 'g++', 'clang++', 'c++'], ['--version'])
  if (!compiler)
    throw new SandglassError('backend', 'there is no C++ compiler to build the binding of tfjs-node with', {
      expected: 'g++ or clang++',
      advice: 'Install one (Debian: apt install g++), or name yours in the variable CXX.',
    })
  const headers = nodeHeaders()
  const path = bindingPath(packageFolder)
  const unfinished = `${path}.${process.pid}`
  await mkdir(dirname(path), { recursive: true })
  try {
    const result = await runCommand(compiler, [
      ...['-std=c++17', '-O2', '-fPIC', '-shared', '-w', '-DNAPI_VERSION=8'],
      ...[`-I${headers}`, `-I${join(library, 'include')}`, `-I${packageFolder}`],
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(packageFolder, 'binding', file)),
      ...['-o', unfinished, `-L${join(library, 'lib')}`, '-ltensorflow', '-ltensorflow_framework'],
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
    ])
    if (!result.ok)
      throw new SandglassError('backend', 'the binding of tfjs-node does not compile', {
        got: firstError(result.stderr),
        advice: `It needs a compiler with C++17; ${compiler} was used.`,
      })
    await rename(unfinished, path)
  } finally {
    await rm(unfinished, { force: true })
  }
}

/** Where tfjs-node looks for its binding under this Node. */
function bindingPath(packageFolder: string): string {
  const manifest = join(packageFolder, 'package.json')
  const { find } = createRequire(manifest)('@mapbox/node-pre-gyp') as { find(manifest: string): string }
  return find(manifest)
}

function nodeHeaders(): string {
  const { node_prefix: prefix } = process.config.variables as { node_prefix?: string }
  const folders = [
    join(dirname(dirname(process.execPath)), 'include', 'node'),
    prefix && join(prefix, 'include', 'node'),
    '/usr/include/node',
    apiHeaders(),
  ]
  const found = folders.find((folder) => folder && existsSync(join(folder, 'node_api.h')))
  if (found) return found
  throw new SandglassError('backend', "Node's C headers (node_api.h) are missing", {
    advice: 'Run: npm install --save-dev node-api-headers (or, on Debian, apt install libnode-dev).',
  })
}

/** Those of the npm package node-api-headers, if the project has it. */
function apiHeaders(): string | undefined {
  try {
    const require = createRequire(join(process.cwd(), 'package.json'))
    const name = 'node-api-headers'
    return (require(name) as { include_dir?: string }).include_dir
  } catch {
    return undefined
  }
}

function firstError(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return (lines.find((line) => /error/i.test(line)) ?? lines[0] ?? 'no message').trim()
}
