import { SandglassError } from '@sandglass/core'
import type { Published, PublishedFile, PublishedImages } from './published'
import { verifyPublished } from './verify'

/** A place where published files may lie. */
export interface Source {
  /** For people: a folder or an address. */
  readonly name: string
  /** The bytes as they lie there, gzip or raw. Throws when there is no such file. */
  read(file: PublishedFile): Promise<Uint8Array>
  /** Called with what `read` gave once it has proved right. */
  keep?(file: PublishedFile, bytes: Uint8Array): Promise<void>
}

export type ImageFiles = Record<keyof PublishedImages['files'], Uint8Array>

/**
 * Finds every file of a dataset in the first source that has it and where it proves right. Throws `SandglassError`
 * (code `file`) that lists each source with the reason why it failed; rethrows the signal's reason when aborted.
 */
export async function findFiles<Key extends string>(
  images: Published<Key>,
  sources: readonly Source[],
  { signal, advice }: { signal?: AbortSignal; advice?: string } = {},
): Promise<{ files: Record<Key, Uint8Array>; places: string[] }> {
  const places = new Set<string>()
  const found: [string, Uint8Array][] = []
  for (const [key, file] of Object.entries<PublishedFile>(images.files)) {
    const { bytes, place } = await findFile(images, file, sources, signal, advice)
    places.add(place)
    found.push([key, bytes])
  }
  return { files: Object.fromEntries(found) as Record<Key, Uint8Array>, places: [...places] }
}

async function findFile(
  images: Published,
  file: PublishedFile,
  sources: readonly Source[],
  signal: AbortSignal | undefined,
  advice = '',
): Promise<{ bytes: Uint8Array; place: string }> {
  const failures: string[] = []
  for (const source of sources) {
    signal?.throwIfAborted()
    try {
      const stored = await source.read(file)
      const bytes = await verifyPublished(stored, file)
      await source.keep?.(file, stored)
      return { bytes, place: source.name }
    } catch (error) {
      signal?.throwIfAborted()
      failures.push(`\n  - ${source.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const names = Object.values(images.files).map(({ name }) => name)
  throw new SandglassError('file', `${images.title} was not found: no source has ${file.name}`, {
    got: failures.length ? `these answers:${failures.join('')}` : 'no source to look in',
    advice: `\nTo work offline, put ${names.slice(0, -1).join(', ')} and ${names.at(-1)} (with or without .gz) in a folder. ${[advice, images.offline].filter(Boolean).join(' ')}`,
  })
}
