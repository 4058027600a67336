import type { z } from 'zod'
import { SandglassError } from './errors'
import { nearest } from './nearest'

/** The error (`spec`) for options that do not fit their schema: every fault by its place, misspelt names recognised. */
export function malformedOptions(
  what: string,
  path: string,
  schema: z.ZodObject,
  error: z.ZodError,
): SandglassError {
  const names = Object.keys(schema.shape)
  const problems = error.issues.map((issue) => {
    const at = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
    if (issue.code !== 'unrecognized_keys') return `${path}${at}: ${issue.message}`
    return issue.keys
      .map((key) => {
        const close = nearest(key, names)
        return `${path}${at}: unknown option "${key}"${close ? `, did you mean "${close}"?` : ''}`
      })
      .join('; ')
  })
  return new SandglassError('spec', `malformed ${what}: ${problems.join('; ')}`, {
    expected: `options ${names.join(', ') || '(none)'}`,
    cause: error,
  })
}
