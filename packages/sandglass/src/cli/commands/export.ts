import { resolve } from 'node:path'
import { exportOnnx } from '@sandglass/compiler'
import { writeFileAtomic } from '@sandglass/core/node'
import { defineCommand, wholeNumber } from '../command'
import { loadModelFile, modelPath } from '../foreign'
import { cliRegistry } from '../observe'

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'Write a function of a trained model as an ONNX file',
  usage: '<run | model.safetensors> [options]',
  details:
    'The file stands alone: weights, names of inputs and outputs, and the spec in its metadata. It takes batches of any size unless --batch fixes one.',
  examples: [
    'sandglass export my-run --function encode --out encoder.onnx',
    'sandglass export model.safetensors --function reconstruct --batch 1',
  ],
  positionals: [1, 1],
  options: {
    function: { value: 'NAME', description: 'encode, decode, reconstruct… (default: reconstruct)' },
    out: { value: 'FILE', description: 'Where to write it (default: <function>.onnx)' },
    batch: { value: 'N', description: 'Fix the batch size' },
    json: { description: 'Write one JSON document to stdout and nothing else' },
  },
  run: async ([target], values, terminal) => {
    const { model, weights, controls } = await loadModelFile(await modelPath(target!), cliRegistry(terminal))
    const name = values.function ?? 'reconstruct'
    const batch = values.batch === undefined ? undefined : wholeNumber('batch', values.batch, 1)
    const bytes = exportOnnx(model, name, weights, { batch, controls })
    const path = resolve(values.out ?? `${name}.onnx`)
    await writeFileAtomic(path, bytes)
    const { inputs, outputs } = model.functions[name]!
    const shapes = (record: Readonly<Record<string, readonly number[]>>) =>
      Object.fromEntries(Object.entries(record).map(([key, shape]) => [key, [batch ?? 'batch', ...shape]]))
    const ends = { inputs: shapes(inputs), outputs: shapes(outputs) }
    const show = (record: Record<string, (string | number)[]>) =>
      Object.entries(record)
        .map(([key, shape]) => `${key} [${shape.join(', ')}]`)
        .join(', ')
    terminal.out(
      values.json
        ? `${JSON.stringify({ function: name, ...ends, bytes: bytes.length, paths: { model: path } }, null, 2)}\n`
        : `${name}: ${show(ends.inputs)} → ${show(ends.outputs)}, ${bytes.length.toLocaleString('en')} bytes: ${path}\n`,
    )
    return 0
  },
})
