import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectError } from '@sandglass/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { within } from './within'

let base: string
let root: string

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'sandglass-within-')))
  root = join(base, 'root')
  await mkdir(join(root, 'folder'), { recursive: true })
  await mkdir(join(base, 'root-evil'))
  await writeFile(join(base, 'outside'), 'secret')
  await writeFile(join(root, 'file'), 'fine')
  await symlink('../outside', join(root, 'link-to-file'))
  await symlink('..', join(root, 'link-to-parent'))
  await symlink('../root-evil', join(root, 'link-to-evil'))
  await symlink('../not-there-yet', join(root, 'dangling'))
  await symlink('/etc', join(root, 'link-to-etc'))
  await symlink('link-to-parent', join(root, 'link-to-link'))
  await symlink('loop', join(root, 'loop'))
  await symlink('../../outside', join(root, 'folder', 'deep-link'))
  await symlink('file', join(root, 'link-inside'))
  await symlink('.', join(root, 'link-to-self'))
})

afterAll(() => rm(base, { recursive: true }))

const hostile: [name: string, why: string][] = [
  ['', 'is empty'],
  ['.', 'has the part "."'],
  ['..', 'has the part ".."'],
  ['../outside', 'has the part ".."'],
  ['../root-evil/x', 'has the part ".."'],
  ['../root/file', 'has the part ".."'],
  ['folder/../../outside', 'has the part ".."'],
  ['folder/..', 'has the part ".."'],
  ['folder/../file', 'has the part ".."'],
  ['./file', 'has the part "."'],
  ['folder/./x', 'has the part "."'],
  ['...', 'has the part "..."'],
  ['..../x', 'has the part "...."'],
  ['/', 'is absolute'],
  ['/etc/passwd', 'is absolute'],
  ['//server/share', 'is absolute'],
  ['folder//x', 'has an empty part'],
  ['folder/', 'has an empty part'],
  ['C:', 'has a colon'],
  ['C:/windows', 'has a colon'],
  ['c:file', 'has a colon'],
  ['file:stream', 'has a colon'],
  ['file:///etc/passwd', 'has a colon'],
  ['..\\outside', 'has a backslash'],
  ['folder\\..\\..\\outside', 'has a backslash'],
  ['\\\\server\\share', 'has a backslash'],
  ['\\etc', 'has a backslash'],
  ['C:\\windows', 'has a backslash'],
  ['\\\\?\\C:\\x', 'has a backslash'],
  ['file\0', 'has control characters'],
  ['file\0.safetensors', 'has control characters'],
  ['../outside\0.png', 'has control characters'],
  ['a\nb', 'has control characters'],
  ['a\u001bb', 'has control characters'],
  ['a\u202eb', 'has control characters'],
  ['.\u200b./outside', 'has control characters'],
  ['a\ud800', 'has control characters'],
  ['．．/outside', 'has look-alike characters'],
  ['‥/outside', 'has look-alike characters'],
  ['..／outside', 'has look-alike characters'],
  ['／etc', 'has look-alike characters'],
  ['folder＼x', 'has look-alike characters'],
  ['C：x', 'has look-alike characters'],
  ['~/x', 'begins with "~"'],
  ['~root', 'begins with "~"'],
  ['file.', 'has a part that ends in a dot or space'],
  ['.. ', 'has a part that ends in a dot or space'],
  ['.. /outside', 'has a part that ends in a dot or space'],
  ['file ', 'has a part that ends in a dot or space'],
  ['con', 'has the device name "con"'],
  ['folder/NUL.txt', 'has the device name "NUL.txt"'],
  ['COM1', 'has the device name "COM1"'],
  ['link-to-file', 'goes through a symbolic link that leaves the folder'],
  ['link-to-parent/outside', 'goes through a symbolic link that leaves the folder'],
  ['link-to-parent/root/file', 'goes through a symbolic link that leaves the folder'],
  ['link-to-evil', 'goes through a symbolic link that leaves the folder'],
  ['link-to-evil/x', 'goes through a symbolic link that leaves the folder'],
  ['dangling', 'goes through a symbolic link that leaves the folder'],
  ['link-to-etc/passwd', 'goes through a symbolic link that leaves the folder'],
  ['link-to-link/outside', 'goes through a symbolic link that leaves the folder'],
  ['loop', 'goes through a symbolic link that leaves the folder'],
  ['folder/deep-link', 'goes through a symbolic link that leaves the folder'],
]

describe('refused', () => {
  test.each(hostile)('%j %s', async (name, why) => {
    const error = await expectError(() => within(root, name), { code: 'file' })
    expect(error.message).toBe(
      `the name ${JSON.stringify(name)} is refused because it ${why}. Expected a name that stays inside ${root}.`,
    )
  })

  test('there are at least forty', () => {
    expect(hostile.length).toBeGreaterThanOrEqual(40)
  })

  test('what is no text', async () => {
    await expectError(() => within(root, undefined as never), { code: 'file', message: /refused/ })
    await expectError(() => within(root, ['..'] as never), { code: 'file', message: /refused/ })
  })

  test('a root that is not there', async () => {
    await expectError(() => within(join(base, 'nowhere'), 'x'), {
      code: 'file',
      message: /nowhere cannot be used\. Got no such folder/,
    })
  })
})

test.each([
  'file',
  'folder/new',
  'new/deeper/still',
  'größe 重み 🏺.safetensors',
  '..file',
  'a..b',
  '.hidden',
  '%2e%2e%2foutside',
  'link-inside',
  'link-to-self/file',
  'console',
  'a~',
])('%j stays inside', async (name) => {
  expect(await within(root, name)).toBe(join(root, name))
})

test('the root may itself be a symbolic link', async () => {
  const link = join(base, 'link-to-root')
  await symlink('root', link)
  expect(await within(link, 'file')).toBe(join(link, 'file'))
  await expectError(() => within(link, 'link-to-file'), { code: 'file' })
})
