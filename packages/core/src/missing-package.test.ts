import { expect, test } from 'vitest'
import { isMissingPackage } from './missing-package'

const name = '@acme/engine'

test.each([
  ['Node', "Cannot find package '@acme/engine' imported from /app/index.js"],
  ['Vite', 'Could not resolve "@acme/engine" imported by "@sandglass/trainer". Is it installed?'],
  ['webpack', "Cannot find module '@acme/engine'"],
  ['Chromium', "Failed to resolve module specifier '@acme/engine'"],
  ['Firefox', 'The specifier “@acme/engine” was a bare specifier, but was not remapped to anything.'],
  ['Safari', "Module name, '@acme/engine' does not resolve to a valid URL."],
  ['a part of it', "Cannot find package '@acme/engine/wasm' imported from /app/index.js"],
])('%s finds no package', (_, message) => {
  expect(isMissingPackage(new Error(message), name)).toBe(true)
})

test.each([
  ['another package', "Cannot find package '@acme/engine-gpu' imported from /app/index.js"],
  ['a file of it', "Cannot find module '/app/node_modules/@acme/engine/missing.js' imported from /app/a.js"],
  ['a file that it requires', "Cannot find module './a.node'\nRequire stack:\n- '@acme/engine'"],
  ['a fault of its own', '@acme/engine needs a newer system'],
])('%s is another matter', (_, message) => {
  expect(isMissingPackage(new Error(message), name)).toBe(false)
  expect(isMissingPackage(message, name)).toBe(false)
})
