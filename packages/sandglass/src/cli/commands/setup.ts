import { nearest, SandglassError } from '@sandglass/core'
import { setupTensorflow } from '@sandglass/trainer/node'
import { defineCommand } from '../command'

export const setup = defineCommand({
  name: 'setup',
  summary: 'Set up a native backend: setup tensorflow',
  usage: 'tensorflow [options]',
  details: `Makes @tensorflow/tfjs-node work where its own installer does not: takes the TensorFlow library from the Python
wheel (pip), compiles the binding and checks that it trains. Needs Linux on x64, pip, a C++ compiler and make.`,
  examples: [
    'sandglass setup tensorflow',
    'sandglass setup tensorflow --wheel tensorflow_cpu-2.21.0-cp311-….whl',
  ],
  positionals: [1, 1],
  options: {
    wheel: { value: 'FILE', description: 'A TensorFlow wheel, where pip has no network' },
    json: { description: 'Write one JSON document: version, changed' },
  },
  run: async ([what], values, terminal) => {
    if (what !== 'tensorflow')
      throw new SandglassError('spec', `there is nothing to set up for "${what}"`, {
        expected: 'tensorflow',
        advice: nearest(what!, ['tensorflow'])
          ? 'Did you mean "tensorflow"?'
          : '`sandglass doctor` says how to get the other backends.',
      })
    const result = await setupTensorflow({ wheel: values.wheel, log: (line) => terminal.err(`${line}\n`) })
    terminal.out(
      values.json
        ? `${JSON.stringify(result, null, 2)}\n`
        : `TensorFlow ${result.version} is ready: sandglass train sparse-kl --backend tensorflow\n`,
    )
    return 0
  },
})
