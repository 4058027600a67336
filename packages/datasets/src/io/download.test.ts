import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expectError } from '@sandglass/testing'
import { afterEach, expect, test } from 'vitest'
import { download } from './download'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections()
})

/** A fetch that reaches a server on this machine whatever host is asked for. */
async function serve(answer: RequestListener): Promise<typeof fetch> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return async (input, init) => {
    const response = await fetch(`http://127.0.0.1:${port}${new URL(String(input)).pathname}`, init)
    return new Response(response.body, response)
  }
}

const URL_ = 'https://data.example/file.gz'

test('gives the bytes and reports progress', async () => {
  const body = Buffer.alloc(100_000, 7)
  const fetch = await serve((request, response) => {
    response.setHeader('content-length', body.length)
    response.end(request.url === '/file.gz' ? body : '')
  })
  const seen: unknown[] = []
  const bytes = await download(URL_, 200_000, { fetch, onProgress: (progress) => seen.push(progress) })
  expect(Buffer.from(bytes).equals(body)).toBe(true)
  expect(seen.at(-1)).toEqual({ url: URL_, received: 100_000, total: 100_000 })
})

test('refuses bodies over the limit, declared or not', async () => {
  const declared = await serve((_, response) => {
    response.setHeader('content-length', 5000)
    response.end(Buffer.alloc(5000))
  })
  await expectError(() => download(URL_, 4999, { fetch: declared }), {
    code: 'file',
    message: /file.gz: larger than it should be. Got 5000 bytes; expected at most 4999/,
  })
  const endless = await serve((_, response) => {
    const send = () => {
      if (!response.destroyed && response.write(Buffer.alloc(10_000))) setImmediate(send)
      else response.once('drain', send)
    }
    send()
  })
  await expectError(() => download(URL_, 100_000, { fetch: endless }), {
    code: 'file',
    message: /Got more than 100000 bytes/,
  })
})

test('refuses other protocols, also after redirection', async () => {
  const unreachable: typeof fetch = async () => {
    throw new Error('must not be called')
  }
  await expectError(() => download('http://data.example/x', 10, { fetch: unreachable }), {
    code: 'file',
    message: /http:\/\/data.example\/x: refused. Expected an address that begins with https/,
  })
  const redirected: typeof fetch = async () =>
    Object.defineProperty(new Response('x'), 'url', { value: 'http://elsewhere.example/' })
  await expectError(() => download(URL_, 10, { fetch: redirected }), {
    message: /http:\/\/elsewhere.example\/: refused/,
  })
})

test('says why a request failed', async () => {
  const missing = await serve((_, response) => response.writeHead(404).end())
  await expectError(() => download(URL_, 10, { fetch: missing }), {
    code: 'file',
    message: /the server refused. Got status 404/,
  })
  const offline: typeof fetch = async () => {
    throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND data.example') })
  }
  await expectError(() => download(URL_, 10, { fetch: offline }), {
    code: 'file',
    message: /file.gz: cannot be fetched. Got getaddrinfo ENOTFOUND data.example/,
  })
  const broken = await serve((_, response) => {
    response.setHeader('content-length', 1000)
    response.write('half')
    setTimeout(() => response.destroy(), 20)
  })
  await expectError(() => download(URL_, 2000, { fetch: broken, pauseMs: 1 }), {
    code: 'file',
    message: /cannot be fetched/,
  })
})

/** A server of 100,000 bytes that ends or holds each answer after `most`; what it was asked for is in `asked`. */
async function flaky(most: number, how: 'breaks' | 'stalls', ranges: boolean, changes = false) {
  const body = Buffer.from(Uint8Array.from({ length: 100_000 }, (_, i) => i % 251))
  const asked: (string | undefined)[] = []
  const fetch = await serve((request, response) => {
    const { range } = request.headers
    asked.push(range)
    const version = changes ? `"${asked.length}"` : '"1"'
    const from =
      ranges && range && request.headers['if-range'] === version ? Number(/\d+/.exec(range)![0]) : 0
    response.writeHead(from ? 206 : 200, { etag: version, 'content-length': body.length - from })
    const part = body.subarray(from, from + most)
    response.write(part, () => {
      if (from + most >= body.length) response.end()
      else if (how === 'breaks') setTimeout(() => response.destroy(), 20)
    })
  })
  return { body, asked, fetch }
}

test.each(['breaks', 'stalls'] as const)(
  'a connection that %s goes on from where it stopped',
  async (how) => {
    const { body, asked, fetch } = await flaky(30_000, how, true)
    const seen: number[] = []
    const bytes = await download(URL_, 200_000, {
      fetch,
      stallMs: 300,
      pauseMs: 1,
      retries: 1,
      onProgress: ({ received, total }) => {
        expect(total).toBe(100_000)
        seen.push(received)
      },
    })
    expect(Buffer.from(bytes).equals(body)).toBe(true)
    expect(asked.length).toBeGreaterThanOrEqual(4)
    expect(asked[0]).toBeUndefined()
    expect(asked[1]).toMatch(/^bytes=\d+-$/)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  },
)

test('a server without ranges, or with another file by now, begins anew; without an end it is given up', async () => {
  for (const changes of [true, false]) {
    const { asked, fetch } = await flaky(30_000, 'breaks', changes, changes)
    await expectError(() => download(URL_, 200_000, { fetch, pauseMs: 1, retries: 2 }), {
      code: 'file',
      message: /file\.gz: cannot be fetched/,
    })
    expect(asked.length).toBeLessThan(6)
  }
})

test('a busy server is asked again, one that says no is not', async () => {
  let asked = 0
  const busy = await serve((_, response) => {
    asked++
    if (asked < 3) response.writeHead(503).end()
    else response.end('here')
  })
  expect(Buffer.from(await download(URL_, 10, { fetch: busy, pauseMs: 1 })).toString()).toBe('here')
  expect(asked).toBe(3)
  const always = await serve((_, response) => response.writeHead(503).end())
  await expectError(() => download(URL_, 10, { fetch: always, pauseMs: 1 }), {
    message: /the server refused\. Got status 503/,
  })
})

test('an abort is passed on as it is', async () => {
  const controller = new AbortController()
  const fetch = await serve((_, response) => {
    response.write('begin')
    controller.abort(new Error('enough'))
  })
  await expect(download(URL_, 10, { fetch, signal: controller.signal })).rejects.toThrow('enough')
})

test('an abort ends a pause at once', async () => {
  const controller = new AbortController()
  const fetch = await serve((_, response) => response.writeHead(503).end())
  const work = download(URL_, 10, { fetch, signal: controller.signal, pauseMs: 1e6 })
  setTimeout(() => controller.abort(new Error('enough')), 50)
  await expect(work).rejects.toThrow('enough')
})
