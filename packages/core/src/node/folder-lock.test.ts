import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectError } from '@sandglass/testing'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { lockFolder } from './folder-lock'
import { hostTag } from './process-alive'

const folders: string[] = []
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandglass-lock-'))
  folders.push(folder)
})
afterAll(async () => {
  for (const each of folders) await rm(each, { recursive: true, force: true })
})

const held = { code: 'file', message: new RegExp(`is in use\\. Got process ${process.pid} on `) } as const

/** A lock as another process would have left it. */
const leave = (more: object) =>
  writeFile(
    join(folder, '.lock'),
    JSON.stringify({ pid: process.pid, host: hostname(), tag: hostTag(), since: 'x', id: 'other', ...more }),
  )

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => child.on('close', resolve))
  return child.pid!
}

test('one at a time; given back it can be taken again, and nothing is left', async () => {
  const lock = await lockFolder(folder)
  await expectError(() => lockFolder(folder), held)
  expect(JSON.parse(await readFile(join(folder, '.lock'), 'utf8'))).toMatchObject({ pid: process.pid })
  await lock.release()
  expect(await readdir(folder)).toEqual([])
  await (await lockFolder(folder)).release()
})

test('the lock of a dead process, or one that was never finished, is taken over', async () => {
  await leave({ pid: await deadPid() })
  await (await lockFolder(folder)).release()
  await writeFile(join(folder, '.lock'), '{"pid": 1')
  await (await lockFolder(folder)).release()
  expect(await readdir(folder)).toEqual([])
})

test('that of another machine counts until it has been silent for two minutes', async () => {
  await leave({ pid: await deadPid(), host: 'elsewhere', tag: 'elsewhere' })
  await expectError(() => lockFolder(folder), { code: 'file', message: /process \d+ on elsewhere/ })
  const old = new Date(Date.now() - 130_000)
  await utimes(join(folder, '.lock'), old, old)
  await (await lockFolder(folder)).release()
})

test('of many that find a dead lock at once, one gets it', async () => {
  for (let round = 0; round < 20; round++) {
    await leave({ pid: await deadPid() })
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)))
    const got = tries.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(got).toHaveLength(1)
    await got[0]!.release()
    expect(await readdir(folder)).toEqual([])
  }
})

test('a lock that was lost to another is not taken from it', async () => {
  const lock = await lockFolder(folder)
  await leave({})
  await lock.release()
  expect(await readdir(folder)).toEqual(['.lock'])
})

test('a folder that is missing is an error that says so', async () => {
  await expectError(() => lockFolder(join(folder, 'missing')), {
    code: 'file',
    message: /missing cannot be locked\. Got .*no such file/i,
  })
})
