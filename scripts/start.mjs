// `npm start`: installs, builds, and trains the textbook's sparse autoencoder.
// Options after `--` go to `sandglass train`: npm start -- --epochs 2
import { join } from 'node:path'
import { root, run, setup } from './setup.mjs'

setup()
const cli = join(root, 'packages', 'sandglass', 'dist', 'cli.js')
run(process.execPath, [cli, 'train', 'sparse-kl', ...process.argv.slice(2)])
