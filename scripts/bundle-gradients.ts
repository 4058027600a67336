import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

/** What `gradients.ts` of core imports; Node cannot, for its imports have no extensions. */
export const gradients = '@tensorflow/tfjs-core/dist/register_all_gradients'

/**
 * Makes one module of tfjs's gradients and gives its path. Every file of tests imports them: as the hundreds of modules
 * that they are, they took longer than the tests of most files.
 */
export async function bundleGradients(): Promise<string> {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const outDir = join(root, 'node_modules/.cache/sandglass')
  await build({
    config: false,
    silent: true,
    entry: { gradients: join(root, 'node_modules', `${gradients}.js`) },
    outDir,
    format: 'esm',
    target: 'node20',
    outExtension: () => ({ js: '.mjs' }),
    noExternal: [/^@tensorflow\/tfjs-core\/dist/],
    external: [/^@tensorflow\/tfjs-core$/],
  })
  return join(outDir, 'gradients.mjs')
}
