import { packageBuild } from '../../tsup.config.base'

export default packageBuild({
  entry: ['src/index.ts', 'src/node/index.ts', 'src/report/index.ts', 'src/cli.ts'],
})
