/** The declarations as they are published, a module each: tools that bundle or document types stumble over circles. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    // `./index.js` is taken for the code, not its declarations, and would hide a circle.
    {
      name: 'no-way-back-to-an-entry',
      severity: 'error',
      from: { path: '^packages/([^/]+)/dist/', pathNot: '/dist/node/index\\.d\\.ts$' },
      to: { path: '^packages/$1/dist/.*\\.js$' },
    },
  ],
  options: {
    includeOnly: { path: '^packages/[^/]+/dist/.*\\.(d\\.ts|js)$' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.d.ts'],
      conditionNames: ['types', 'import', 'default'],
      exportsFields: ['exports'],
    },
  },
}
