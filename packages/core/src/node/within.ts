import { lstat, realpath } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { SandglassError } from '../errors'

/**
 * The absolute path of `name` (with forward slashes) inside the folder `root`. Names come from files and servers, so
 * whatever could lead elsewhere, on any operating system, is refused: `..`, absolute paths, drives and streams (`:`),
 * backslashes, control characters, look-alikes of these, device names, and symbolic links that leave the folder.
 * The file need not exist. (A link made between this check and its use is not seen.)
 *
 * Throws `SandglassError` (`file`) when the name is refused or `root` does not exist.
 */
export async function within(root: string, name: string): Promise<string> {
  const fault = nameFault(name) ?? (nameFault(name.normalize('NFKC')) && 'has look-alike characters')
  if (fault) throw refusal(root, name, fault)
  const base = await realpath(root).catch((cause) => {
    throw new SandglassError('file', `the folder ${root} cannot be used`, { got: 'no such folder', cause })
  })
  let current = resolve(root)
  for (const segment of name.split('/')) {
    current = join(current, segment)
    const link = await lstat(current).then(
      (found) => found.isSymbolicLink(),
      () => false,
    )
    // A link that leads nowhere yet would be followed when written to.
    if (link && !isInside(base, await realpath(current).catch(() => undefined)))
      throw refusal(root, name, 'goes through a symbolic link that leaves the folder')
  }
  return current
}

function isInside(base: string, target: string | undefined): boolean {
  if (target === undefined) return false
  const path = relative(base, target)
  return path !== '..' && !path.startsWith(`..${sep}`) && resolve(base, path) === target
}

const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

function nameFault(name: unknown): string | undefined {
  if (typeof name !== 'string' || name === '') return 'is empty'
  if (name.includes('\\')) return 'has a backslash'
  if (name.includes(':')) return 'has a colon'
  if (/[\p{Cc}\p{Cf}\p{Surrogate}]/u.test(name)) return 'has control characters'
  if (name.startsWith('/')) return 'is absolute'
  for (const segment of name.split('/')) {
    if (segment === '') return 'has an empty part'
    if (/^\.+$/.test(segment)) return `has the part "${segment}"`
    if (segment.startsWith('~')) return 'begins with "~"'
    if (/[. ]$/.test(segment)) return 'has a part that ends in a dot or space'
    if (devices.test(segment)) return `has the device name "${segment}"`
  }
  return undefined
}

function refusal(root: string, name: unknown, fault: string): SandglassError {
  return new SandglassError('file', `the name ${JSON.stringify(name)} is refused because it ${fault}`, {
    expected: `a name that stays inside ${root}`,
  })
}
