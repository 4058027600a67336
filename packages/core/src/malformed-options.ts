import type { z } from 'zod'
import { type Aliases, bare, meaningOf } from './aliases'
import { SandglassError } from './errors'

/**
 * The error (`spec`) for options that do not fit their schema: every fault by its place, misspelt names recognised and
 * names of elsewhere translated.
 */
export function malformedOptions(
  what: string,
  path: string,
  schema: z.ZodObject,
  error: z.ZodError,
  aliases: Pick<Aliases, 'options' | 'absent'> = {},
): SandglassError {
  const names = Object.keys(schema.shape)
  const problems = error.issues.flatMap((issue) => {
    const at = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
    if (issue.code !== 'unrecognized_keys') return `${path}${at}: ${issue.message}`
    return issue.keys.map((key) => `${path}${at}: ${unknownOption(key, at ? [] : names, aliases)}`)
  })
  return new SandglassError('spec', `malformed ${what}: ${problems.join('; ')}`, {
    expected: `options ${names.join(', ') || '(none)'}`,
    cause: error,
  })
}

/** `unknown option "lr", called "learningRate" here`: what can be said of an option that is not one of `names`. */
export function unknownOption(
  key: string,
  names: readonly string[],
  { options = {}, absent = {} }: Pick<Aliases, 'options' | 'absent'>,
): string {
  const unknown = `unknown option "${key.slice(0, 64)}"`
  const elsewhere = Object.keys(absent).find((name) => bare(name) === bare(key))
  if (elsewhere !== undefined) return `${unknown}: ${absent[elsewhere]}`
  const meaning = meaningOf(
    key,
    names.map((name) => ({ name, aliases: options[name] })),
  )
  if (!meaning) return unknown
  const all = meaning.names.map((name) => `"${name}"`).join(' or ')
  return meaning.alias ? `${unknown}, called ${all} here` : `${unknown}, did you mean ${all}?`
}
