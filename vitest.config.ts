import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@sandglass/source'] },
  ssr: { resolve: { conditions: ['@sandglass/source'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'apps/*/src/**/*.test.ts',
      'examples/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    setupFiles: ['./scripts/vitest-setup.ts'],
    maxWorkers: '100%',
    testTimeout: 60_000,
    server: { deps: { inline: [/tfjs-core[\\/]dist[\\/]register_all_gradients/] } },
  },
})
