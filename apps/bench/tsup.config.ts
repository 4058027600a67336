import { packageBuild } from '../../tsup.config.base'

export default packageBuild({
  entry: ['src/cli.ts', 'src/engine/sandglass.ts', 'src/engine/jax-js.ts', 'src/engine/cold.ts'],
  platform: 'node',
  dts: false,
})
