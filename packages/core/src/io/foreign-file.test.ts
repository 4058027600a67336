import { readFileSync } from 'node:fs'
import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeDocument, encodeDocument } from './document'
import files from './foreign.golden.json'
import { foreignFile } from './foreign-file'

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const golden = (name: keyof typeof files) => bytesOf(atob(files[name]))

// tools/golden/foreign_files.py had these programs write them.
test.each([
  ['model.keras', 'a Keras model (.keras)', 'model'],
  ['model.h5', 'a Keras model (.h5)', 'model'],
  ['model.weights.h5', 'an HDF5 file (.h5), as Keras writes models', 'model'],
  ['config.json', 'a Keras or TensorFlow.js model as JSON', 'model'],
  ['saved_model.pb', 'a TensorFlow SavedModel (.pb)', 'model'],
  ['model.tflite', 'a TensorFlow Lite model (.tflite)', 'model'],
  ['model.pt', 'a PyTorch file (.pt, .pth)', 'model'],
  ['old.pth', 'a PyTorch file (.pt, .pth)', 'model'],
  ['model.pkl', 'a Python pickle, as PyTorch and scikit-learn write models', 'model'],
  ['array.npy', 'a NumPy array (.npy)', 'data'],
  ['arrays.npz', 'NumPy arrays (.npz)', 'data'],
] as const)('%s is %s', (name, what, holds) => {
  expect(foreignFile(golden(name))).toEqual({ what, holds })
})

test.each([
  ['\x08\x0a\x12\x07pytorch\x1a\x062.13.0', 'an ONNX model (.onnx)', 'model'],
  ['GGUF\x03\x00\x00\x00', 'a GGUF model (llama.cpp)', 'model'],
  ['\x89HDF\r\n\x1a\n\x00\x00', 'an HDF5 file (.h5), as Keras writes models', 'model'],
  ['PK\x03\x04\x14\x00notes.txt', 'a ZIP archive', 'other'],
  ['\x1f\x8b\x08\x00', 'a gzip archive', 'other'],
  ['\x89PNG\r\n\x1a\n', 'a picture', 'data'],
  ['\xff\xd8\xff\xe0', 'a picture', 'data'],
  ['PAR1\x15\x04', 'a Parquet table', 'data'],
  ['MATLAB 5.0 MAT-file', 'a MATLAB file (.mat)', 'data'],
  ['\xef\xbb\xbfa;b\r\n1;2\r\n', 'a text file, perhaps a table', 'data'],
  ['{"type": "autoencoder"}', 'a spec, which describes a model but has no weights', 'spec'],
  ['{"version": 1}', 'a JSON file', 'other'],
])('%j is %s', (text, what, holds) => {
  expect(foreignFile(bytesOf(text))).toEqual({ what, holds })
})

test('safetensors of other programs are told from ours', () => {
  const theirs = new Uint8Array(readFileSync(new URL('./python.golden.safetensors', import.meta.url)))
  expect(foreignFile(theirs)).toEqual({ what: 'a safetensors file of another program', holds: 'tensors' })
  const ours = encodeDocument({ kind: 'model', version: 1, json: {}, tensors: {} })
  expect(foreignFile(ours)).toBeUndefined()
  expectError(() => decodeDocument(theirs, 'model', 1, 'x.safetensors'), {
    code: 'file',
    message:
      /^x\.safetensors was not written by Sandglass\. Got a safetensors file of another program; expected a Sandglass model\. Its tensors can be read with readSafetensors and given to fit as initialWeights\.$/,
  })
})

test('nothing is made of what nobody knows, and nothing breaks it', () => {
  for (const bytes of ['', '\x00', '\x08', '\x80', 'word', '\x01\x02\x03'])
    expect(foreignFile(bytesOf(bytes))).toBeUndefined()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const found = foreignFile(bytes)
      expect(found === undefined || found.what.length > 0).toBe(true)
    }),
  )
})

describe('given where a model is expected', () => {
  test.each([
    [
      golden('model.keras'),
      /Got a Keras model \(\.keras\); expected a Sandglass model\. Describe its layers as a spec and train that; its weights, saved as safetensors, can be read with readSafetensors/,
    ],
    [golden('model.h5'), /Got a Keras model \(\.h5\); expected a Sandglass model\. Describe its layers/],
    [golden('old.pth'), /Got a PyTorch file/],
    [
      bytesOf('{"type":"autoencoder"}'),
      /Got a spec, which describes a model but has no weights; expected a Sandglass model\. Train it first: fit\(spec, data, options\)\.$/,
    ],
    [bytesOf('a,b\n1,2\n'), /Got a text file, perhaps a table; expected a Sandglass model\.$/],
  ])('%#', (bytes, message) => {
    const error = expectError(() => decodeDocument(bytes, 'model', 1, 'm'), { code: 'file', message })
    expect(error.message.startsWith('m was not written by Sandglass. ')).toBe(true)
  })
})
