// Pages that train, made by the usual bundlers as they come, and opened in Chromium. They must take the fastest engine,
// whose files nobody has copied anywhere, and the code that a page loads at once must stay small.
import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from '../setup.mjs'
import { openBrowser, serving } from './frame/browser.mjs'
import { developersProject } from './frame/developers-project.mjs'

/**
 * What a page that trains may load at once from Vite, in bytes after gzip. When this was set it was 171,000, of which
 * tfjs-core is more than a quarter, then core, zod, trainer and datasets with papaparse. Engines, the compiler and data
 * come when they are used.
 */
const LIMIT = 180_000

const ESBUILD = { entryPoints: ['main.js'], bundle: true, format: 'esm', splitting: true, minify: true }
const WEBPACK = { mode: 'production', entry: './main.js', optimization: { minimize: false } }

export async function play({ note, newest }) {
  const browser = await openBrowser()
  if (!browser) {
    const required = process.env.SANDGLASS_REQUIRE?.split(',').includes('chromium')
    return note('bundled pages', () => assert.ok(!required, 'there is no Chromium') ?? 'skipped: no Chromium')
  }
  const { folder, run } = await developersProject(newest)
  for (const [from, to] of [
    ['index.html', 'index.html'],
    ['main.user.js', 'main.js'],
  ])
    copyFileSync(join(root, 'scripts/strangers/frame/page', from), join(folder, to))

  const vite = (out) => run('npx', ['vite', 'build', '--outDir', out, '--manifest'])
  const webpack = (out) => {
    const config = { ...WEBPACK, output: { path: join(folder, out), filename: 'main.js' } }
    writeFileSync(join(folder, 'webpack.config.js'), `export default ${JSON.stringify(config)}`)
    return run('npx', ['webpack'])
  }
  const esbuild = (plugin) => (out) => {
    const plugins = plugin ? '[(await import("@chialab/esbuild-plugin-meta-url")).default()]' : '[]'
    const options = JSON.stringify({ ...ESBUILD, outdir: out })
    const script = `(await import('esbuild')).build({ ...${options}, plugins: ${plugins} })`
    return run('node', ['--input-type=module', '-e', script])
  }

  let reference
  async function check(name, out, backend, { query = '', ...options } = {}) {
    await note(`${name} in Chromium`, async () => {
      const trained = await serving(join(folder, out), options, (url) => browser.trained(url + query))
      assert.equal(trained.error, undefined)
      assert.equal(trained.backend, backend)
      reference ??= trained.losses
      trained.losses.forEach((loss, i) => {
        assert.ok(Math.abs(loss / reference[i] - 1) < 1e-4, `loss ${loss}, elsewhere ${reference[i]}`)
      })
      return `trains on ${backend}, loss ${trained.losses.at(-1).toFixed(4)}`
    })
  }

  /** Builds, and checks what `auto` takes and that tfjs's WebAssembly starts as well. */
  async function checkBuild(name, build, fastest) {
    const out = `built-by-${name.replaceAll(/\W+/g, '-')}`
    await note(`page built by ${name}`, async () => {
      await build(out)
      if (build !== vite) copyFileSync(join(folder, 'index.html'), join(folder, out, 'index.html'))
      return build === vite ? entrySize(join(folder, out)) : 'nothing configured but its entry'
    })
    await check(`page by ${name}`, out, fastest)
    await check(`page by ${name}, isolated`, out, fastest, { isolated: true })
    if (fastest !== 'wasm')
      await check(`page by ${name}, wasm`, out, 'wasm', { query: '?backend=wasm', isolated: true })
  }

  try {
    await checkBuild('Vite', vite, 'onnxruntime-web')
    await checkBuild('webpack', webpack, 'onnxruntime-web')
    await checkBuild('esbuild', esbuild(false), 'wasm')
    await checkBuild('esbuild with a plugin', esbuild(true), 'onnxruntime-web')
  } finally {
    await browser.close()
  }
}

/** What the page loads before it does anything: its script and those that this imports, but not dynamically. */
function entrySize(built) {
  const manifest = JSON.parse(readFileSync(join(built, '.vite/manifest.json'), 'utf8'))
  const files = new Set()
  const add = (key) => {
    if (files.has(manifest[key].file)) return
    files.add(manifest[key].file)
    for (const imported of manifest[key].imports ?? []) add(imported)
  }
  add('index.html')
  const size = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(built, file))).length, 0)
  assert.ok(size <= LIMIT, `${size} bytes after gzip, more than ${LIMIT}`)
  return `it loads ${Math.round(size / 1000)} kB after gzip at once, of ${LIMIT / 1000} allowed`
}
