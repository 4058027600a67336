/** What an error must look like. */
export interface ExpectedError {
  /** `code` of a SandglassError: `spec`, `shape`… */
  code?: string
  message?: RegExp
}

type Thrown<Result> = Result extends PromiseLike<unknown> ? Promise<Error> : Error

/**
 * Asserts that `fn` throws (or its promise rejects with) an error of this code and text, and returns that error.
 * Throws a plain `Error` otherwise, so that it works under any test runner.
 */
export function expectError<Result>(fn: () => Result, expected: ExpectedError = {}): Thrown<Result> {
  let result: Result
  try {
    result = fn()
  } catch (error) {
    return verify(error, expected) as Thrown<Result>
  }
  if (!isPromise(result)) throw noError(expected)
  return result.then(
    () => {
      throw noError(expected)
    },
    (error: unknown) => verify(error, expected),
  ) as Thrown<Result>
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | undefined)?.then === 'function'
}

function noError({ code, message }: ExpectedError): Error {
  return new Error(
    `expected an error${code ? ` with code "${code}"` : ''}${message ? ` matching ${message}` : ''}, but nothing was thrown`,
  )
}

function verify(error: unknown, { code, message }: ExpectedError): Error {
  if (!(error instanceof Error)) throw new Error(`expected an Error, got ${String(error)}`)
  if (code !== undefined && (error as { code?: unknown }).code !== code)
    throw new Error(`expected an error with code "${code}", got ${describe(error)}`, { cause: error })
  if (message && !message.test(error.message))
    throw new Error(`expected an error matching ${message}, got ${describe(error)}`, { cause: error })
  return error
}

function describe(error: Error): string {
  const { code } = error as { code?: unknown }
  return `${error.name}${code === undefined ? '' : ` with code "${String(code)}"`}: ${error.message}`
}
