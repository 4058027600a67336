import { packageBuild } from '../../tsup.config.base'

export default packageBuild({ entry: ['src/index.ts', 'src/node/index.ts', 'src/cli.ts'] })
