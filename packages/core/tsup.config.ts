import { packageBuild } from '../../tsup.config.base'

export default packageBuild({
  entry: ['src/index.ts', 'src/node/index.ts', 'src/gradients.ts', 'src/gradients.bundlers.ts'],
  // tfjs-core's gradients cannot be imported in Node (extensionless deep imports), so they are bundled here.
  noExternal: [/^@tensorflow\/tfjs-core\/dist\/.*(?<!\.js)$/],
  external: [/^node:/, /^@tensorflow\/tfjs-core$/],
})
