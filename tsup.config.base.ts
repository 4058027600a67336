import { defineConfig, type Options } from 'tsup'

/** The one build of every package: ESM, ES2022, declarations, source maps. */
export function packageBuild(options: Options) {
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
  })
}
