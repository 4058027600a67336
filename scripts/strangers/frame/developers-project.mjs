// A project with everything that is released, and the tools with which people check and bundle such projects.

/** Compilers under the names that they are installed as. */
export const TYPESCRIPT = { 'typescript-5.9': '5.9.3', 'typescript-7': '7.0.2' }

const TOOLS = [
  'vite@8.3.8',
  'webpack@5.113.0',
  'webpack-cli@7.3.1',
  'esbuild@0.28.2',
  '@chialab/esbuild-plugin-meta-url@0.19.2',
  '@types/node@20',
]

/** It, made once for each machine: `{ folder, run }`. */
export function developersProject({ project }) {
  const compilers = Object.entries(TYPESCRIPT).map(([name, version]) => `${name}@npm:typescript@${version}`)
  return project([
    'npm init -y',
    'npm pkg set type=module',
    `npm install sandglass @sandglass/testing @sandglass/core @tensorflow/tfjs-core`,
    `npm install ${[...TOOLS, ...compilers].join(' ')}`,
  ])
}
