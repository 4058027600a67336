import { SandglassError } from '@sandglass/core'
import { describe, expect, test } from 'vitest'
import { expectError } from './expect-error'

const fail = (): void => {
  throw new SandglassError('shape', 'layer 2: wrong width', { got: '3' })
}

describe('expectError', () => {
  test('returns the error that matches', () => {
    expect(expectError(fail, { code: 'shape', message: /layer 2.*got 3/i })).toBeInstanceOf(SandglassError)
    expect(expectError(fail).message).toBe('layer 2: wrong width. Got 3.')
  })

  test('also that of a promise', async () => {
    expect((await expectError(async () => fail(), { code: 'shape' })).message).toMatch(/wrong width/)
    await expect(expectError(async () => fail(), { code: 'data' })).rejects.toThrow(
      /expected an error with code "data"/,
    )
    await expect(expectError(async () => 1, { message: /x/ })).rejects.toThrow(/nothing was thrown/)
  })

  test('throws when nothing is thrown, or something else', () => {
    expect(() => expectError(() => 1, { code: 'shape', message: /a/ })).toThrow(
      'expected an error with code "shape" matching /a/, but nothing was thrown',
    )
    expect(() => expectError(fail, { code: 'data' })).toThrow(
      'expected an error with code "data", got SandglassError with code "shape": layer 2: wrong width. Got 3.',
    )
    expect(() => expectError(fail, { message: /height/ })).toThrow(
      /expected an error matching \/height\/, got/,
    )
    expect(() =>
      expectError(() => {
        throw 'text'
      }),
    ).toThrow('expected an Error, got text')
  })
})
