import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { SandglassError } from '@sandglass/core'
import { lastLine, runCommand } from './commands'

// Python is there for pip anyway, and its zipfile streams files of any size. Each file is checked against the wheel's
// own list of SHA-256 sums.
const PROGRAM = `
import base64, csv, hashlib, io, os, sys, zipfile
wheel, out = sys.argv[1:]
libraries = {'tensorflow/libtensorflow_cc.so.2': 'lib', 'tensorflow/libtensorflow_framework.so.2': 'lib'}
headers = tuple('tensorflow/include/' + p for p in ('tensorflow/c/', 'tensorflow/core/platform/', 'tsl/', 'xla/tsl/'))
with zipfile.ZipFile(wheel) as z:
    names = z.namelist()
    record = [n for n in names if n.endswith('.dist-info/RECORD')]
    missing = sorted(set(libraries) - set(names))
    if missing or not record:
        sys.exit('it lacks ' + ', '.join(missing or ['its RECORD']))
    sums = {row[0]: row[1] for row in csv.reader(io.StringIO(z.read(record[0]).decode())) if len(row) > 1}
    for name in names:
        if name in libraries:
            target = 'lib/' + name.split('/')[-1]
        elif name.startswith(headers) and not name.endswith('/'):
            target = name[len('tensorflow/'):]
        else:
            continue
        if '..' in target.split('/'):
            sys.exit('a name in it leads out of its folder: ' + name)
        path = os.path.join(out, target)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        digest = hashlib.sha256()
        with z.open(name) as source, open(path, 'wb') as sink:
            while chunk := source.read(1 << 20):
                digest.update(chunk)
                sink.write(chunk)
        expected = 'sha256=' + base64.urlsafe_b64encode(digest.digest()).decode().rstrip('=')
        if sums.get(name) != expected:
            sys.exit('the SHA-256 of ' + name + ' is not the one it states')
`

/**
 * Unpacks the C library and its headers from a wheel into `folder/lib` and `folder/include`, with the names that
 * tfjs-node links to.
 */
export async function extractLibrary(python: string, wheel: string, folder: string): Promise<void> {
  const result = await runCommand(python, ['-c', PROGRAM, wheel, folder])
  if (!result.ok)
    throw new SandglassError('file', `the wheel ${wheel} cannot be unpacked`, {
      got: lastLine(result.stderr),
      advice: 'Download it again, and check that the disk has 1 GB left.',
    })
  const links = {
    'libtensorflow.so': 'libtensorflow_cc.so.2',
    'libtensorflow.so.2': 'libtensorflow_cc.so.2',
    'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
  }
  for (const [name, target] of Object.entries(links)) await symlink(target, join(folder, 'lib', name))
}
