import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectError } from '@sandglass/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readWholeFile } from './read-file'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-read-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('the whole file', async () => {
  await writeFile(join(folder, 'a'), Uint8Array.of(1, 2, 255))
  expect([...(await readWholeFile(join(folder, 'a')))]).toEqual([1, 2, 255])
})

test('a missing file, a folder, and a path through a file', async () => {
  await expectError(() => readWholeFile(join(folder, 'none')), {
    code: 'file',
    message: /none cannot be read\. Got no such file or folder\. Check the path/,
  })
  await expectError(() => readWholeFile(folder), {
    code: 'file',
    message: /cannot be read\. Got (a folder|something that is no ordinary file); expected a file/,
  })
  await expectError(() => readWholeFile(join(folder, 'a', 'b')), {
    code: 'file',
    message: /through something that is no folder/,
  })
})

test.runIf(process.platform !== 'win32')(
  'a pipe that nobody writes to does not hang, nor does a device',
  async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')])
    for (const path of [join(folder, 'pipe'), '/dev/zero'])
      await expectError(() => readWholeFile(path), {
        code: 'file',
        message: /Got something that is no ordinary file; expected a file/,
      })
  },
)
