import { SandglassError } from '@sandglass/core'
import { collect } from './collect'

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
  onProgress?(progress: DownloadProgress): void
}

/**
 * Fetches at most `limit` bytes over https.
 *
 * Throws `SandglassError` (code `file`) for other protocols (also after redirection), failed requests and larger
 * bodies; rethrows the signal's reason when aborted.
 */
export async function download(
  url: string,
  limit: number,
  options: DownloadOptions = {},
): Promise<Uint8Array> {
  const { fetch = globalThis.fetch, signal, onProgress } = options
  requireHttps(url)
  try {
    const response = await fetch(url, { signal })
    if (response.url) requireHttps(response.url)
    if (!response.ok)
      throw new SandglassError('file', `${url}: the server refused`, { got: `status ${response.status}` })
    const declared = Number(response.headers.get('content-length') ?? Number.NaN)
    if (declared > limit) {
      await response.body?.cancel()
      throw tooLarge(url, limit, declared)
    }
    const bytes = await collect(response.body ?? new Blob([]).stream(), limit, (received) =>
      onProgress?.({ url, received, ...(declared > 0 && { total: declared }) }),
    )
    if (!bytes) throw tooLarge(url, limit)
    return bytes
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof SandglassError) throw error
    throw new SandglassError('file', `${url}: cannot be fetched`, { got: reasonOf(error), cause: error })
  }
}

function requireHttps(url: string): void {
  if (!url.startsWith('https://'))
    throw new SandglassError('file', `${url}: refused`, { expected: 'an address that begins with https://' })
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
