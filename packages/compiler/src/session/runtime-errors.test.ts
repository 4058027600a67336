import { expect, test } from 'vitest'
import { outOfMemory, runtimeError } from './runtime-errors'

test('what the runtime threw comes with advice', () => {
  const cause = new Error('Non-zero status code.\nlong story')
  const error = runtimeError('training "a"', cause)
  expect(error).toMatchObject({ code: 'backend', cause })
  expect(error.message).toBe(
    'ONNX Runtime failed while training "a". Got Non-zero status code. Nothing has changed. ' +
      'Train on an eager backend (cpu, wasm, tensorflow, webgpu), and please report this.',
  )
  expect(runtimeError('x', 'std::bad_alloc').message).toMatch(/Got std::bad_alloc\. Use smaller batches/)
  expect(runtimeError('x', new Error('Failed to allocate memory for requested buffer')).message).toMatch(
    /smaller/,
  )
})

test('a want of memory is given in GiB', () => {
  expect(outOfMemory('it', 3 * 2 ** 30, 2 ** 30).message).toBe(
    'there is not enough memory for it. Got a need of at least 3.00 GiB; expected at most 1.00 GiB. ' +
      'Use smaller batches or a smaller model.',
  )
})
