import { createHash } from 'node:crypto'
import type { PublishedFile, PublishedImages } from '../images/published'

/** A small dataset in the published format with hashes of its own: 10 training and 4 test images of 2 × 3. */
export function testImages(): { images: PublishedImages; raw: Record<string, Buffer> } {
  const raw: Record<string, Buffer> = {}
  const file = (name: string, shape: number[], first: number): PublishedFile => {
    const header = Buffer.alloc(4 + 4 * shape.length)
    header.writeUInt32BE(0x0800 + shape.length)
    for (const [i, extent] of shape.entries()) header.writeUInt32BE(extent, 4 + 4 * i)
    const length = shape.reduce((a, b) => a * b, 1)
    const bytes = Buffer.concat([header, Buffer.from(Array.from({ length }, (_, i) => (first + i) % 10))])
    raw[name] = bytes
    return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
  }
  const images: PublishedImages = {
    id: 'tiny',
    title: 'Tiny',
    credit: 'nobody',
    urls: ['https://one.example/', 'https://two.example/'],
    files: {
      trainImages: file('train-images-idx3-ubyte', [10, 2, 3], 0),
      trainLabels: file('train-labels-idx1-ubyte', [10], 1),
      testImages: file('t10k-images-idx3-ubyte', [4, 2, 3], 2),
      testLabels: file('t10k-labels-idx1-ubyte', [4], 3),
    },
    offline: 'Copy them.',
  }
  return { images, raw }
}
