/** What went wrong, as a stable word that programs can branch on. */
export type ErrorCode =
  | 'spec' // a spec or option is malformed or unknown
  | 'shape' // shapes do not fit together
  | 'data' // a dataset or array is empty, malformed or not finite
  | 'file' // a file is missing, truncated, corrupted or cannot be written
  | 'backend' // a backend cannot run here, or not this model
  | 'numeric' // NaN or infinity during training
  | 'plugin' // plugins clash or are missing

export interface ErrorDetails {
  /** What was got, in words. */
  got?: string
  /** What was expected, in words. */
  expected?: string
  /** What to do about it. */
  advice?: string
  cause?: unknown
}

/**
 * The one error type of the library. The message always reads
 * `what happened. Got …; expected …. Advice.`
 */
export class SandglassError extends Error {
  override readonly name = 'SandglassError'
  readonly code: ErrorCode
  readonly details: Readonly<ErrorDetails>

  constructor(code: ErrorCode, what: string, details: ErrorDetails = {}) {
    const { got, expected, advice, cause } = details
    const comparison = [got && `got ${got}`, expected && `expected ${expected}`].filter(Boolean).join('; ')
    const sentences = [what, comparison && capitalise(comparison), advice].filter(Boolean)
    super(sentences.map((s) => (/[.!?]$/.test(s as string) ? s : `${s}.`)).join(' '), { cause })
    this.code = code
    this.details = details
  }
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Whether `error` came from this library, also across duplicate installs of it. */
export function isSandglassError(error: unknown): error is SandglassError {
  return error instanceof Error && error.name === 'SandglassError' && 'code' in error
}
