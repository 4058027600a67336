// Makes the excerpt of Fashion-MNIST that @sandglass/datasets embeds, from the full set:
//
//   node tools/excerpt/make.mjs <folder with the four gzipped IDX files>
//
// Takes the first images of each class, in the order of the full set. The same zlib gives the same bytes; another may
// compress differently, but the images are the same (fashion-mnist-excerpt.test.ts compares them with the full set).
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

const CLASSES = 10
const PIXELS = 784
const folder = process.argv[2]
if (!folder) {
  console.error('usage: node tools/excerpt/make.mjs <folder with the four gzipped IDX files>')
  process.exit(1)
}
const target = new URL('../../packages/datasets/src/excerpt/', import.meta.url)

const read = (name, header) => gunzipSync(readFileSync(join(folder, `${name}.gz`))).subarray(header)
const training = { images: read('train-images-idx3-ubyte', 16), labels: read('train-labels-idx1-ubyte', 8) }
const testing = { images: read('t10k-images-idx3-ubyte', 16), labels: read('t10k-labels-idx1-ubyte', 8) }

const part = ({ images, labels }, start, end, perClass) => {
  const left = new Array(CLASSES).fill(perClass)
  const chosen = []
  for (let i = start; i < end; i++) if (left[labels[i]]-- > 0) chosen.push(i)
  const n = chosen.length
  return {
    images: pack(idxHeader([n, 28, 28]), ...chosen.map((i) => images.subarray(i * PIXELS, (i + 1) * PIXELS))),
    labels: pack(idxHeader([n]), Buffer.from(chosen.map((i) => labels[i]))),
  }
}

const idxHeader = (shape) => {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header.writeUInt32BE(0x0800 + shape.length)
  shape.forEach((extent, i) => {
    header.writeUInt32BE(extent, 4 + 4 * i)
  })
  return header
}

const pack = (...parts) => gzipSync(Buffer.concat(parts), { level: 9, memLevel: 9 }).toString('base64')

const save = (name, parts) => {
  const source = 'Fashion-MNIST, (c) 2017 Zalando SE, MIT licence; made by tools/excerpt/make.mjs'
  writeFileSync(new URL(name, target), `${JSON.stringify({ source, ...parts }, null, 2)}\n`)
}

save('train.json', { train: part(training, 0, 55000, 160) })
save('held-out.json', { validation: part(training, 55000, 60000, 20), test: part(testing, 0, 10000, 20) })
