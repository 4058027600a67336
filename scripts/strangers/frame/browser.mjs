// Chromium, and servers for it that answer like those of single-page applications: whatever is not there is index.html.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { root } from '../../setup.mjs'

const PATH = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path && existsSync(path),
)
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' }
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** A browser, or undefined where there is none: `{ trained(url), close }`. */
export async function openBrowser() {
  if (!PATH) return undefined
  // The workspace has it for the compiler's tests.
  const require = createRequire(join(root, 'packages', 'compiler', 'package.json'))
  const browser = await require('playwright').chromium.launch({
    executablePath: PATH,
    args: ['--no-sandbox'],
  })
  return {
    /** What a page says about its training: `{ backend, losses }`. */
    trained: async (url) => {
      const page = await browser.newPage()
      try {
        await page.goto(url)
        const handle = await page.waitForFunction(() => globalThis.trained, undefined, { timeout: 60_000 })
        return await handle.jsonValue()
      } finally {
        await page.close()
      }
    },
    close: () => browser.close(),
  }
}

/** Serves a folder while `use(url)` runs, to pages that may share memory where `isolated`. */
export async function serving(folder, { isolated = false }, use) {
  const server = createServer(async (request, response) => {
    const asked = join(folder, decodeURIComponent(new URL(request.url, 'http://page').pathname))
    const path = existsSync(asked) && extname(asked) ? asked : join(folder, 'index.html')
    response.writeHead(200, {
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
      ...(isolated && ISOLATED),
    })
    response.end(await readFile(path))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await use(`http://127.0.0.1:${server.address().port}/`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
