import { SandglassError } from '@sandglass/core'

export interface DownloadProgress {
  readonly url: string
  readonly received: number
  /** As the server says, if it does. */
  readonly total?: number
}

export interface DownloadOptions {
  /** Default: the global fetch. */
  fetch?: typeof globalThis.fetch
  signal?: AbortSignal
  /** How long no byte may come before the connection counts as dead, in milliseconds. Default 30,000. */
  stallMs?: number
  /** How often in a row it is tried again without a byte more. Default 3. */
  retries?: number
  /** Pause before the first of these, in milliseconds; doubled each time. Default 1,000. */
  pauseMs?: number
  onProgress?(progress: DownloadProgress): void
}

/** What has come so far. */
interface Received {
  chunks: Uint8Array[]
  bytes: number
  /** Tells whether the server still has the same file: its ETag or date. */
  version?: string | undefined
}

/**
 * Fetches at most `limit` bytes over https. A connection that breaks or stalls on the way, or a busy server (429, 5xx),
 * is tried again, from where it stopped if the server can. One that cannot be reached at all is not.
 *
 * Throws `SandglassError` (code `file`) for other protocols (also after redirection), failed requests and larger
 * bodies; rethrows the signal's reason when aborted.
 */
export async function download(
  url: string,
  limit: number,
  options: DownloadOptions = {},
): Promise<Uint8Array> {
  const { signal, retries = 3, pauseMs = 1000 } = options
  requireHttps(url)
  const received: Received = { chunks: [], bytes: 0 }
  for (let failures = 0; ; ) {
    const before = received.bytes
    try {
      const status = await attempt(url, limit, received, options)
      if (status === undefined) return joined(received)
      if (failures === retries) throw refused(url, status)
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof SandglassError) throw error
      if (received.bytes === 0 || (failures === retries && received.bytes === before))
        throw new SandglassError('file', `${url}: cannot be fetched`, { got: reasonOf(error), cause: error })
    }
    failures = received.bytes > before ? 1 : failures + 1
    await pause(pauseMs * 2 ** (failures - 1), signal)
  }
}

/** One request for what is missing. Returns undefined when all has come, or the status of a busy server. */
async function attempt(
  url: string,
  limit: number,
  received: Received,
  { fetch = globalThis.fetch, signal, stallMs = 30_000, onProgress }: DownloadOptions,
): Promise<number | undefined> {
  const stalled = new AbortController()
  const giveUp = () => stalled.abort(new Error(`no byte came for ${stallMs / 1000} s`))
  let timer = setTimeout(giveUp, stallMs)
  try {
    const response = await fetch(url, {
      signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
      headers: rangeOf(received),
    })
    if (response.url) requireHttps(response.url)
    if (response.status === 429 || response.status >= 500) return response.status
    if (!response.ok) throw refused(url, response.status)
    if (response.status !== 206) Object.assign(received, { chunks: [], bytes: 0 })
    received.version = response.headers.get('etag') ?? response.headers.get('last-modified') ?? undefined
    const declared = Number(response.headers.get('content-length') ?? Number.NaN)
    const total = received.bytes + declared
    if (total > limit) {
      await response.body?.cancel()
      throw tooLarge(url, limit, total)
    }
    const reader = (response.body ?? new Blob([]).stream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return undefined
      clearTimeout(timer)
      timer = setTimeout(giveUp, stallMs)
      if (received.bytes + value.length > limit) {
        await reader.cancel()
        throw tooLarge(url, limit)
      }
      received.chunks.push(value)
      received.bytes += value.length
      onProgress?.({ url, received: received.bytes, ...(declared > 0 && { total }) })
    }
  } catch (error) {
    if (stalled.signal.aborted) throw stalled.signal.reason
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Asks for the rest, or for all of it where the file has changed. */
function rangeOf({ bytes, version }: Received): Record<string, string> {
  return bytes && version ? { Range: `bytes=${bytes}-`, 'If-Range': version } : {}
}

function joined({ chunks, bytes }: Received): Uint8Array {
  const all = new Uint8Array(bytes)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

/** Rejects with the signal's reason as soon as it is aborted. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal!.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}

function requireHttps(url: string): void {
  if (!url.startsWith('https://'))
    throw new SandglassError('file', `${url}: refused`, { expected: 'an address that begins with https://' })
}

function refused(url: string, status: number): SandglassError {
  return new SandglassError('file', `${url}: the server refused`, { got: `status ${status}` })
}

function tooLarge(url: string, limit: number, declared?: number): SandglassError {
  return new SandglassError('file', `${url}: larger than it should be`, {
    got: declared ? `${declared} bytes` : `more than ${limit} bytes`,
    expected: `at most ${limit}`,
  })
}

/** fetch hides what went wrong in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}
