import { readFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

/**
 * The sources' `import { z } from 'zod'` is published as `import * as z`: of the former, bundlers keep all of zod in a
 * page, its error messages in forty languages too.
 */
const zodInParts: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'zod-in-parts',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(
        /^import \{ z \} from 'zod'$/m,
        "import * as z from 'zod'",
      ),
      loader: 'ts',
    }))
  },
}

/** The one build of every package: ESM, ES2022, declarations, source maps. */
export function packageBuild({ esbuildPlugins = [], ...options }: Options) {
  return defineConfig({
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    dts: false, // scripts/declarations.mjs emits them
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: false,
    external: [/^node:/, /^@sandglass\//],
    ...options,
    esbuildPlugins: [zodInParts, ...esbuildPlugins],
  })
}
