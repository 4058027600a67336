import { defineConfig } from 'vitest/config'
import { bundleGradients, gradients } from './scripts/bundle-gradients.ts'

export default defineConfig(async () => ({
  resolve: { conditions: ['@sandglass/source'], alias: { [gradients]: await bundleGradients() } },
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
  },
}))
