import { nearest, SandglassError } from '@sandglass/core'
import { setupTensorflow } from '@sandglass/trainer/node'
import { setupOnnxruntime } from '../../node/setup-onnxruntime'
import { defineCommand } from '../command'

const NAMES = ['onnxruntime', 'tensorflow']

export const setup = defineCommand({
  name: 'setup',
  summary: 'Set up a native backend: setup onnxruntime, setup tensorflow',
  usage: '<onnxruntime | tensorflow> [options]',
  details: `onnxruntime: installs onnxruntime-node, the fast engine, beside this package, without its install script, which needs
a host that cannot be reached from everywhere.
tensorflow: makes @tensorflow/tfjs-node work where its own installer does not: takes the TensorFlow library from the
Python wheel (pip), compiles the binding and checks that it trains. Needs Linux on x64, pip, a C++ compiler and make.`,
  examples: [
    'sandglass setup onnxruntime',
    'sandglass setup tensorflow',
    'sandglass setup tensorflow --wheel tensorflow_cpu-2.21.0-cp311-….whl',
  ],
  positionals: [1, 1],
  options: {
    wheel: { value: 'FILE', description: 'A TensorFlow wheel, where pip has no network' },
    json: { description: 'Write one JSON document: version, changed' },
  },
  run: async ([what], values, terminal) => {
    const log = (line: string) => terminal.err(`${line}\n`)
    if (!NAMES.includes(what!)) {
      const close = nearest(what!, NAMES)
      throw new SandglassError('spec', `there is nothing to set up for "${what}"`, {
        expected: NAMES.join(' or '),
        advice: close ? `Did you mean "${close}"?` : '`sandglass doctor` says how to get the other backends.',
      })
    }
    const native = what === 'onnxruntime'
    const result = native
      ? await setupOnnxruntime({ log })
      : await setupTensorflow({ wheel: values.wheel, log })
    const name = native ? 'onnxruntime-node' : 'TensorFlow'
    terminal.out(
      values.json
        ? `${JSON.stringify(result, null, 2)}\n`
        : `${name} ${result.version} is ready: sandglass train sparse-kl --backend ${what}\n`,
    )
    return 0
  },
})
