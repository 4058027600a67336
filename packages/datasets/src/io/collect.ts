/**
 * All bytes of a stream, or undefined as soon as there are more than `limit`; the stream is then cancelled, so that
 * no more than that is ever held.
 */
export async function collect(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  report?: (received: number) => void,
): Promise<Uint8Array | undefined> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let received = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    received += value.length
    if (received > limit) {
      await reader.cancel()
      return undefined
    }
    chunks.push(value)
    report?.(received)
  }
  const bytes = new Uint8Array(received)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
