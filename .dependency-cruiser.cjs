const siblings = ['regularizers', 'variational', 'adversarial', 'datasets', 'trainer', 'compiler', 'tasks']

/** Who may import whom: apps → sandglass → siblings → core → tfjs-core; siblings never meet; testing sees core only. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-imports-no-package',
      severity: 'error',
      from: { path: '^packages/core/src', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { path: '^packages/(?!core/)' },
    },
    ...siblings.map((name) => ({
      name: `${name}-imports-core-only`,
      severity: 'error',
      from: { path: `^packages/${name}/src`, pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { path: `^packages/(?!(core|${name})/)` },
    })),
    {
      name: 'siblings-never-meet-in-tests-either',
      severity: 'error',
      from: { path: '^packages/(core|testing)/src', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { path: '^packages/(sandglass|trainer|datasets)/' },
    },
    {
      name: 'browser-safe',
      comment: 'node:* only under src/node, in the command line and in tests',
      severity: 'error',
      from: {
        path: '^packages/[^/]+/src',
        pathNot: '(\\.(test|bench)\\.ts$|/src/node/|/src/cli|^packages/sandglass/)',
      },
      to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only', 'type-import'], dynamic: false },
    },
    {
      name: 'no-deep-imports',
      severity: 'error',
      from: { path: '^(packages/([^/]+)/src|apps)' },
      to: { path: '^packages/[^/]+/dist' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['@sandglass/source', 'import', 'types', 'default'],
      exportsFields: ['exports'],
    },
  },
}
