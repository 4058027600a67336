import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectError } from '@sandglass/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { projectOf, runProgram, setupOnnxruntime } from './setup-onnxruntime'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-setup-'))
  await writeFile(join(folder, 'package.json'), '{}')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** An npm that leaves a package whose entry is `code`, or fails. */
function npm(code: string | undefined) {
  const calls: { args: readonly string[]; env?: Readonly<Record<string, string>> }[] = []
  const run: typeof runProgram = async (program, args, options) => {
    if (program !== 'npm') return runProgram(program, args, options)
    calls.push({ args, env: options.env })
    if (code === undefined) return { code: 1, output: 'npm error code ENOTFOUND\nnpm error network' }
    const target = join(folder, 'node_modules', 'onnxruntime-node')
    await mkdir(target, { recursive: true })
    await writeFile(join(target, 'package.json'), '{"version": "1.30.0", "main": "index.js"}')
    await writeFile(join(target, 'index.js'), code)
    return { code: 0, output: '' }
  }
  return { calls, run }
}

test('installs without the install script, checks that it loads, and does nothing the second time', async () => {
  const { calls, run } = npm('module.exports = {}')
  expect(await setupOnnxruntime({ folder, run })).toEqual({ version: '1.30.0', changed: true, folder })
  expect(calls).toHaveLength(1)
  expect(calls[0]!.args.at(-1)).toMatch(/^onnxruntime-node@\^\d/)
  expect(calls[0]!.env).toMatchObject({ ONNXRUNTIME_NODE_INSTALL: 'skip' })
  expect(await setupOnnxruntime({ folder, run })).toMatchObject({ changed: false })
  expect(calls).toHaveLength(1)
})

test('says what npm said, or why the package does not load', async () => {
  await expectError(() => setupOnnxruntime({ folder, run: npm(undefined).run }), {
    code: 'backend',
    message: /^npm cannot install onnxruntime-node@.*\. Got npm error network\. Check the connection/,
  })
  await expectError(() => setupOnnxruntime({ folder, run: npm("throw new Error('no glibc')").run }), {
    code: 'backend',
    message: /is installed, but does not load\. Got Error: no glibc\. It has no build for some platforms/,
  })
})

test('a program that does not exist is a failure like any other', async () => {
  const { code, output } = await runProgram('no-such-program', [], { folder })
  expect([code, output]).toEqual([null, expect.stringContaining('ENOENT')])
})

test('the project is the one whose node_modules holds the file', () => {
  const file = join('/home', 'me', 'app', 'node_modules', 'sandglass', 'dist', 'node', 'index.js')
  expect(projectOf(file)).toBe(join('/home', 'me', 'app'))
  expect(projectOf(join(folder, 'dist', 'x.js'))).toBe(folder)
})
