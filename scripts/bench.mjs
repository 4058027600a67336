// `npm run bench`: installs, builds, then measures; see apps/bench/README.md for the commands.
import { join } from 'node:path'
import { root, run, setup } from './setup.mjs'

setup()
run(process.execPath, [join(root, 'apps', 'bench', 'dist', 'cli.js'), ...process.argv.slice(2)])
