import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import * as browser from './index'
import * as node from './node/index'

const packages = resolve(fileURLToPath(import.meta.url), '../../..')

/** Modules that a module imports when it is loaded, across packages. */
function reached(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen
  seen.add(path)
  if (!existsSync(path)) return seen
  for (const [, types, name] of readFileSync(path, 'utf8').matchAll(
    /^(?:import|export) (type )?(?:[^'"]*? from )?'([^']+)'/gms,
  )) {
    if (types) continue
    if (name!.startsWith('.')) {
      const target = join(dirname(path), name!)
      reached(target.endsWith('.json') ? target : `${target}.ts`, seen)
    } else if (name!.startsWith('@sandglass/')) {
      const [, own, ...rest] = name!.split('/')
      reached(join(packages, own!, 'src', ...(rest.length ? rest : ['index'])).concat('.ts'), seen)
    } else seen.add(name!)
  }
  return seen
}

test('nothing that browsers lack is imported by the entry for browsers', () => {
  const modules = [...reached(join(packages, 'sandglass/src/index.ts'))]
  expect(modules.length).toBeGreaterThan(50)
  expect(modules).toContain(join(packages, 'trainer/src/fit/fit.ts'))
  expect(modules.filter((name) => /^node:|onnxruntime|tfjs-node|resvg|fast-png/.test(name))).toEqual([])
  expect(modules.filter((name) => name.includes('/src/node/'))).toEqual([])
})

test('reports are made and drawn without Node', () => {
  const modules = [...reached(join(packages, 'sandglass/src/report/index.ts'))]
  expect(modules).toContain(join(packages, 'sandglass/src/run/exhibits/definitions.ts'))
  expect(modules.filter((name) => /^node:|\/src\/node\/|onnxruntime|tfjs-node|resvg/.test(name))).toEqual([])
})

test('Node has all that browsers have, and files besides', () => {
  const missing = Object.keys(browser).filter((name) => !(name in node))
  expect(missing).toEqual([])
  for (const name of ['loadModel', 'saveModel', 'loadCheckpoint', 'readCsv', 'modelCheckpoint'])
    expect(node).toHaveProperty(name)
})

test('the registry has the datasets and backends of its place, and plugins', () => {
  const plugin = node.definePlugin({ name: '@acme/none', version: '1.0.0', apiVersion: 1, definitions: [] })
  for (const { defaultRegistry } of [browser, node]) {
    const registry = defaultRegistry({ plugins: [plugin] })
    for (const type of ['fashionMnist', 'fashionMnistExcerpt', 'swissRoll'])
      expect(registry.has('dataset', type)).toBe(true)
    for (const type of ['cpu', 'wasm', 'onnxruntime']) expect(registry.has('backend', type)).toBe(true)
    expect(registry.plugins.at(-1)).toBe(plugin)
  }
  expect(node.defaultRegistry().has('dataset', 'csv')).toBe(true)
  expect(browser.defaultRegistry().has('dataset', 'csv')).toBe(false)
})
