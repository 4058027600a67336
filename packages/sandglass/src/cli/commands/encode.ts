import { resolve } from 'node:path'
import { range } from '@sandglass/core'
import { applyTo } from '../../run/apply'
import { gatherLabels } from '../../run/gather'
import { defineCommand } from '../command'
import { applyModel, countOf, trainedOptions } from '../trained'
import { writeSamples } from '../write-samples'

export const encode = defineCommand({
  name: 'encode',
  summary: 'Write the codes that a trained model gives to samples',
  usage: '<run | model.safetensors> [options]',
  details: 'The codes go to a CSV file, a row a sample with its label last, or to a .safetensors file.',
  examples: [
    'sandglass encode my-run --out codes.csv',
    'sandglass encode my-run --split train --out codes.safetensors',
  ],
  positionals: [1, 1],
  options: {
    ...trainedOptions,
    count: { value: 'N', description: 'Only the first N samples (default: all)' },
    out: { value: 'FILE', description: 'Where to write them, .csv or .safetensors (default: codes.csv)' },
  },
  run: async ([target], values, terminal) => {
    const { trained, dataset, split } = await applyModel(target!, values, terminal, false)
    try {
      const count = countOf(values.count, 'count', dataset.size, dataset.size)
      const codes = await applyTo(dataset, range(0, count), trained, 'encode')
      const path = resolve(values.out ?? 'codes.csv')
      await writeSamples(path, 'code', codes, await gatherLabels(dataset, 0, count))
      terminal.out(
        values.json
          ? `${JSON.stringify({ split, shape: codes.shape, backend: trained.backend, paths: { codes: path } }, null, 2)}\n`
          : `${count.toLocaleString('en')} codes of ${codes.shape.slice(1).join(' × ')}: ${path}\n`,
      )
    } finally {
      trained.dispose()
    }
    return 0
  },
})
