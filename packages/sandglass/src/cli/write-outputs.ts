import {
  type HostRecord,
  type HostTensor,
  type Picture,
  type PictureGrid,
  SandglassError,
  sizeOf,
  writeSafetensors,
} from '@sandglass/core'
import { writeFileAtomic } from '@sandglass/core/node'
import { pngOf } from '../node/png'
import { pictureGrid, pictureShape } from '../report/picture-grid'
import { writeSamples } from './write-samples'

const COLUMNS = 8

/**
 * Writes what a function made, by the ending of `path`: all outputs as tensors (`.safetensors`), the first as rows of
 * numbers (`.csv`) or, where its samples are pictures, as a grid of them (`.png`).
 */
export async function writeOutputs(path: string, name: string, outputs: HostRecord): Promise<void> {
  if (/\.safetensors$/i.test(path)) return writeFileAtomic(path, writeSafetensors(outputs))
  const [[output, tensor]] = Object.entries(outputs) as [[string, HostTensor]]
  if (/\.csv$/i.test(path)) return writeSamples(path, output, tensor)
  if (!/\.png$/i.test(path))
    throw new SandglassError('spec', '--out has an ending that says nothing', {
      got: path,
      expected: 'a name that ends in .csv, .png or .safetensors',
    })
  await writeFileAtomic(path, await pngOf(pictureGrid({ title: name, rows: rowsOf(output, tensor) })))
}

function rowsOf(output: string, { shape, data }: HostTensor): PictureGrid['rows'] {
  const size = pictureShape(shape.slice(1))
  if (!size)
    throw new SandglassError('shape', `"${output}" holds no pictures`, {
      got: `samples of shape [${shape.slice(1).join(', ')}]`,
      expected: '[height, width], or with 1 or 3 channels',
      advice: 'Write numbers instead: --out outputs.csv',
    })
  const width = sizeOf(shape.slice(1))
  const pictures: Picture[] = Array.from({ length: shape[0]! }, (_, i) => ({
    ...size,
    values: data.subarray(i * width, (i + 1) * width),
  }))
  return Array.from({ length: Math.ceil(pictures.length / COLUMNS) }, (_, r) => ({
    name: String(r * COLUMNS + 1),
    pictures: pictures.slice(r * COLUMNS, (r + 1) * COLUMNS),
  }))
}
