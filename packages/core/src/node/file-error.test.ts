import { expect, test } from 'vitest'
import { fileError } from './file-error'

test.each([
  ['ENOSPC', 'x cannot be written. Got a disk that is full. Free some space, or write to another disk.'],
  [
    'EDQUOT',
    'x cannot be written. Got a disk quota that is used up. Free some space, or write to another disk.',
  ],
  [
    'EACCES',
    'x cannot be written. Got no permission. Change the permissions of the folder, or choose another that you own.',
  ],
  ['EROFS', 'x cannot be written. Got a read-only file system. Choose a folder that can be written.'],
  [
    'ENOENT',
    'x cannot be written. Got no such file or folder. Check the path, and make the folder if need be.',
  ],
  ['EISDIR', 'x cannot be written. Got a folder; expected a file. Give the path of a file in it.'],
  ['EIO', 'x cannot be written. Got an input/output error. The disk may be failing; choose another.'],
  ['EWHATEVER', 'x cannot be written. Got the words of the system.'],
])('%s', (code, message) => {
  const cause = Object.assign(new Error('the words of the system'), { code })
  const error = fileError('x cannot be written', cause)
  expect(error.message).toBe(message)
  expect(error.code).toBe('file')
  expect(error.cause).toBe(cause)
})
