import { resolve } from 'node:path'
import { type HostTensor, type Picture, range, SandglassError, sizeOf } from '@sandglass/core'
import { writeFileAtomic } from '@sandglass/core/node'
import { pngOf } from '../../node/png'
import { pictureGrid, pictureShape } from '../../report/picture-grid'
import { applyTo } from '../../run/apply'
import { gather, gatherLabels } from '../../run/gather'
import { defineCommand } from '../command'
import { type Applied, applyModel, countOf, trainedOptions } from '../trained'
import { writeSamples } from '../write-samples'

export const reconstruct = defineCommand({
  name: 'reconstruct',
  summary: 'Write what a trained model makes of samples, as a picture or as numbers',
  usage: '<run | model.safetensors> [options]',
  details:
    'A .png shows originals beside reconstructions, where samples are pictures; .csv and .safetensors hold the numbers.',
  examples: ['sandglass reconstruct my-run', 'sandglass reconstruct my-run --count 1000 --out outputs.csv'],
  positionals: [1, 1],
  options: {
    ...trainedOptions,
    count: { value: 'N', description: 'The first N samples (default: 10 for a picture, otherwise all)' },
    out: {
      value: 'FILE',
      description: 'Where to write: .png, .csv or .safetensors (default: reconstructions.png)',
    },
  },
  run: async ([target], values, terminal) => {
    const path = resolve(values.out ?? 'reconstructions.png')
    const asPicture = /\.png$/i.test(path)
    const applied = await applyModel(target!, values, terminal, false)
    const { trained, dataset, split } = applied
    try {
      const count = countOf(values.count, 'count', dataset.size, asPicture ? 10 : dataset.size)
      const input = await gather(dataset, 'input', 0, count)
      const output = await applyTo(dataset, range(0, count), trained, 'reconstruct')
      if (asPicture) await writeFileAtomic(path, await picture(applied, input, output))
      else await writeSamples(path, 'output', output, await gatherLabels(dataset, 0, count))
      terminal.out(
        values.json
          ? `${JSON.stringify({ split, shape: output.shape, backend: trained.backend, paths: { reconstructions: path } }, null, 2)}\n`
          : `${count.toLocaleString('en')} reconstructions: ${path}\n`,
      )
    } finally {
      trained.dispose()
    }
    return 0
  },
})

async function picture(
  { dataset, extras }: Applied,
  input: HostTensor,
  output: HostTensor,
): Promise<Uint8Array> {
  const shape = input.shape.slice(1)
  const size = pictureShape(shape)
  if (!size)
    throw new SandglassError('shape', 'these samples are not pictures', {
      got: `samples of shape [${shape.join(', ')}]`,
      expected: '[height, width], or with 1 or 3 channels',
      advice: 'Write numbers instead: --out outputs.csv',
    })
  const width = sizeOf(shape)
  const cut = ({ data }: HostTensor): Picture[] =>
    Array.from({ length: input.shape[0]! }, (_, i) => ({
      ...size,
      values: data.subarray(i * width, (i + 1) * width),
    }))
  const labels = await gatherLabels(dataset, 0, input.shape[0]!)
  const names = dataset.fields.label?.classes ?? extras.classNames
  const captions = labels ? Array.from(labels, (label) => names?.[label] ?? String(label)) : []
  const rows = [
    { name: 'original', pictures: cut(input) },
    { name: 'reconstruction', pictures: cut(output) },
  ]
  return pngOf(pictureGrid({ title: 'Originals and reconstructions', rows, captions }))
}
