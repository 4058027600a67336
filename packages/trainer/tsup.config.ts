import { packWasm } from '../../scripts/pack-wasm'
import { packageBuild } from '../../tsup.config.base'

export default packageBuild({
  entry: ['src/index.ts', 'src/node/index.ts'],
  // tfjs's WebAssembly is part of this package, for browsers.
  noExternal: [/\.wasm$/],
  esbuildPlugins: [packWasm],
})
