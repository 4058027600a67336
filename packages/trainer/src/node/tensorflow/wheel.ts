import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SandglassError } from '@sandglass/core'
import { lastLine, runCommand } from './commands'

/** The release that the set-up was tried with. */
export const TENSORFLOW_VERSION = '2.21.0'

/** The version in the name of a wheel: `2.21.0`. Throws `SandglassError` when it is no wheel of TensorFlow. */
export function wheelVersion(path: string): string {
  const version = /^tensorflow(?:_cpu|_intel)?-(\d+\.\d+\.\d+\w*)-.*\.whl$/.exec(basename(path))?.[1]
  if (version) return version
  throw new SandglassError('file', 'this is not a wheel of TensorFlow', {
    got: basename(path),
    expected: `a name such as tensorflow_cpu-${TENSORFLOW_VERSION}-cp311-cp311-manylinux_2_27_x86_64.whl`,
    advice: `pip download --no-deps tensorflow-cpu==${TENSORFLOW_VERSION} gets one.`,
  })
}

/** Downloads the wheel into a folder, unless it is there already, and returns its path. */
export async function downloadWheel(
  python: string,
  folder: string,
  log: (line: string) => void,
): Promise<string> {
  const present = await findWheel(folder)
  if (present) return present
  log(`Downloading TensorFlow ${TENSORFLOW_VERSION} with pip (about 270 MB)`)
  // Only the libraries in it are used, so this Python's own version does not matter.
  const target = ['--platform', 'manylinux_2_27_x86_64', '--python-version', '3.11', '--implementation', 'cp']
  const result = await runCommand(python, [
    ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', ...target, '--abi', 'cp311'],
    ...['--dest', folder, `tensorflow-cpu==${TENSORFLOW_VERSION}`],
  ])
  const path = result.ok ? await findWheel(folder) : undefined
  if (path) return path
  if (/No module named pip/.test(result.stderr))
    throw new SandglassError('backend', `${python} has no pip to download TensorFlow with`, {
      advice:
        'Install it (Debian: apt install python3-pip), or give a wheel that you have with --wheel FILE.',
    })
  throw new SandglassError('backend', `pip could not download TensorFlow ${TENSORFLOW_VERSION}`, {
    got: lastLine(result.stderr),
    advice: `Where there is a network, run "pip download --no-deps --only-binary=:all: tensorflow-cpu==${TENSORFLOW_VERSION}"; then give the file with --wheel FILE.`,
  })
}

async function findWheel(folder: string): Promise<string | undefined> {
  const name = (await readdir(folder)).find(
    (n) => n.startsWith(`tensorflow_cpu-${TENSORFLOW_VERSION}-`) && n.endsWith('.whl'),
  )
  return name && join(folder, name)
}
