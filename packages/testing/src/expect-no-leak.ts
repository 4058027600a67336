import { memory } from '@tensorflow/tfjs-core'
import { isPromise } from './expect-error'

/**
 * Runs `fn` and asserts that as many tensors live afterwards as before, also when it throws: the error of `fn` then
 * passes on once no leak was found. What `fn` returns is returned. Nothing else may make tensors meanwhile.
 */
export function expectNoLeak<Result>(fn: () => Result): Result {
  const before = memory().numTensors
  const verify = (cause?: unknown) => {
    const leaked = memory().numTensors - before
    if (leaked === 0) return
    const how =
      cause === undefined ? '' : ` when it threw "${cause instanceof Error ? cause.message : String(cause)}"`
    throw new Error(
      leaked > 0 ? `${leaked} tensor(s) leaked${how}` : `${-leaked} tensor(s) too many were disposed${how}`,
      { cause },
    )
  }
  let result: Result
  try {
    result = fn()
  } catch (error) {
    verify(error)
    throw error
  }
  if (!isPromise(result)) {
    verify()
    return result
  }
  return result.then(
    (value) => {
      verify()
      return value
    },
    (error: unknown) => {
      verify(error)
      throw error
    },
  ) as Result
}
