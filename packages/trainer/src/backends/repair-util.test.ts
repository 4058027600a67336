import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { REPAIR_UTIL, repairUtil } from './repair-util'

test('both functions are there and do what they did', () => {
  const util = {} as { isNullOrUndefined(value: unknown): boolean; isArray(value: unknown): boolean }
  repairUtil(util as never)
  expect([null, undefined, 0, '', false].map(util.isNullOrUndefined)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ])
  expect([[], {}, 'a'].map(util.isArray)).toEqual([true, false, false])
})

test('in a process of its own they work without a word, whatever its Node', () => {
  const program = `${REPAIR_UTIL}; const util = require('util'); console.log(util.isArray([]), util.isNullOrUndefined(0))`
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' })
  expect({ stdout, stderr }).toEqual({ stdout: 'true false\n', stderr: '' })
})
