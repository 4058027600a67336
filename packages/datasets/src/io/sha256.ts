import { SandglassError } from '@sandglass/core'

/** SHA-256 in lower-case hexadecimal. In browsers it needs a secure context (https or localhost). */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (!globalThis.crypto?.subtle)
    throw new SandglassError('data', 'SHA-256 is not available here', {
      advice: 'Open the page over https or from localhost: browsers offer crypto.subtle only there.',
    })
  const digest = await globalThis.crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
