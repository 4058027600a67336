// `npm run headlines`: installs, builds, then runs every example; see examples/README.md for the options.
import { join } from 'node:path'
import { root, run, setup } from './setup.mjs'

setup()
run(process.execPath, ['--import', 'tsx', join('frame', 'run.ts'), ...process.argv.slice(2)], {
  cwd: join(root, 'examples'),
})
