// A registry on the loopback, as little of one as publishing and installing needs: it keeps what is published to it, in
// memory, and sends whoever wants another package to the registry that this machine uses. Verdaccio does it too, with
// some hundred packages and a newer Node than the oldest that Sandglass supports.
import { createServer } from 'node:http'
import { basename } from 'node:path/posix'

/** Starts one: `{ url, published, close }`. Packages that `own` says yes to come from it alone, whatever exists elsewhere. */
export async function openRegistry({ upstream, own }) {
  const packages = new Map()
  const server = createServer(async (request, response) => {
    const send = (status, value) => {
      const bytes = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))
      response
        .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end(bytes)
    }
    const { pathname } = new URL(request.url, 'http://registry')
    const [name, file] = decodeURIComponent(pathname.slice(1)).split('/-/')
    if (!own(name))
      return response.writeHead(307, { location: new URL(request.url.slice(1), upstream).href }).end()
    if (request.method === 'PUT') {
      const document = JSON.parse(await bodyOf(request))
      if (packages.get(name)?.document.versions[document['dist-tags'].latest])
        return send(409, { error: 'this version is published already' })
      packages.set(name, withTarball(document, packages.get(name)))
      return send(201, { ok: true })
    }
    const found = packages.get(name)
    const value = file ? found?.tarballs.get(basename(file)) : found?.document
    return value ? send(200, value) : send(404, { error: 'not found' })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${server.address().port}/`, published: packages, close }
}

/** What npm sends when it publishes a version, added to what is there. */
function withTarball(
  { _attachments, ...document },
  before = { document: { versions: {} }, tarballs: new Map() },
) {
  const versions = { ...before.document.versions, ...document.versions }
  const tarballs = new Map(before.tarballs)
  for (const [file, { data }] of Object.entries(_attachments))
    tarballs.set(basename(file), Buffer.from(data, 'base64'))
  return { document: { ...before.document, ...document, versions }, tarballs }
}

async function bodyOf(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
