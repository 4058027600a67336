import { describe, expect, test } from 'vitest'
import { isSandglassError, SandglassError } from './errors'

describe('SandglassError', () => {
  test('reads as sentences: what happened, got and expected, advice', () => {
    const cause = new Error('below')
    const error = new SandglassError('shape', 'encoder/1: does not fit', {
      got: '[3]',
      expected: '[4]',
      advice: 'Change one?',
      cause,
    })
    expect(error.message).toBe('encoder/1: does not fit. Got [3]; expected [4]. Change one?')
    expect(error).toMatchObject({ name: 'SandglassError', code: 'shape', cause })
    expect(error.details).toMatchObject({ got: '[3]', expected: '[4]', advice: 'Change one?' })
  })

  test('leaves out what it was not told', () => {
    expect(new SandglassError('data', 'empty!').message).toBe('empty!')
    expect(new SandglassError('data', 'empty', { expected: 'one sample' }).message).toBe(
      'empty. Expected one sample.',
    )
    expect(new SandglassError('data', 'empty', { advice: 'Add some' }).message).toBe('empty. Add some.')
  })

  test('is known across duplicate installs', () => {
    class SandglassErrorOfAnotherCopy extends Error {
      override name = 'SandglassError'
      code = 'spec'
    }
    expect(isSandglassError(new SandglassErrorOfAnotherCopy('x'))).toBe(true)
    expect(isSandglassError(new SandglassError('spec', 'x'))).toBe(true)
    for (const other of [new Error('x'), { name: 'SandglassError', code: 'spec' }, null, 'SandglassError'])
      expect(isSandglassError(other)).toBe(false)
  })
})
