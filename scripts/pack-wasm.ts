import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Options } from 'tsup'

/**
 * For tsup: an import of a `.wasm` file is a module with the file in it, compressed, and with the version of its
 * package; imported dynamically, a chunk of its own. Any bundler takes that as it is, without a setting.
 */
export const packWasm: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'pack-wasm',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => ({
      path: createRequire(join(resolveDir, 'file.js')).resolve(path),
      namespace: 'packed-wasm',
    }))
    onLoad({ filter: /./, namespace: 'packed-wasm' }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(join(dirname(path), '..', 'package.json'), 'utf8')) as {
        version: string
      }
      const packed = gzipSync(readFileSync(path), { level: 9 }).toString('base64')
      return { contents: `export default '${packed}'; export const version = '${version}'`, loader: 'js' }
    })
  },
}
