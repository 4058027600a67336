/** Keys that change an object's nature instead of its contents. */
export const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

export interface JsonLimits {
  /** How deep objects and arrays may nest. */
  readonly depth: number
  /** How many objects and arrays there may be. */
  readonly containers: number
  /** Allows nothing but objects, arrays, strings and whole numbers. */
  readonly plain?: boolean
}

/** Either the value, or in words what the text does wrong ("repeats the key …"). */
export type StrictJson = { readonly value: unknown; readonly fault?: undefined } | { readonly fault: string }

/**
 * Parses JSON from a stranger. Beyond what `JSON.parse` refuses, refuses repeated keys, `__proto__` and its kin, half
 * surrogate pairs, and anything over `limits`, all before the value is built.
 */
export function parseStrictJson(text: string, limits: JsonLimits): StrictJson {
  const fault = scan(text, limits)
  if (fault) return { fault }
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { fault: 'is not JSON' }
  }
}

/** One pass over the tokens. Exact on JSON; on anything else it may find nothing, and `JSON.parse` will. */
function scan(text: string, { depth, containers, plain }: JsonLimits): string | undefined {
  /** Of each open object the keys so far; of each open array undefined. */
  const open: (Set<string> | undefined)[] = []
  let count = 0
  let previous = ''
  let i = 0
  while (i < text.length) {
    const c = text[i]!
    if (c === '"') {
      const end = endOfString(text, i)
      if (end < 0) return 'ends within a string'
      const string = decode(text.slice(i, end))
      if (string === undefined) return 'is not JSON'
      if (!isWellFormed(string)) return 'holds half a surrogate pair'
      const keys = open.at(-1)
      if (keys && (previous === '{' || previous === ',')) {
        if (forbiddenKeys.has(string)) return `has the forbidden key "${string}"`
        if (keys.has(string)) return `repeats the key ${JSON.stringify(string).slice(0, 80)}`
        keys.add(string)
      }
      previous = c
      i = end
      continue
    }
    if (c === '{' || c === '[') {
      if (++count > containers) return `holds more than ${containers} objects and arrays`
      if (open.length === depth) return `nests deeper than ${depth}`
      open.push(c === '{' ? new Set() : undefined)
    } else if (c === '}' || c === ']') open.pop()
    else if (plain && !'0123456789,: \t\n\r'.includes(c))
      return 'holds something other than objects, arrays, strings and whole numbers'
    if (!' \t\n\r'.includes(c)) previous = c
    i++
  }
  return undefined
}

/** Index after the string that starts at `start`, or −1. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x5c) i++
    else if (c === 0x22) return i + 1
  }
  return -1
}

function decode(literal: string): string | undefined {
  if (!literal.includes('\\')) return literal.slice(1, -1)
  try {
    return JSON.parse(literal) as string
  } catch {
    return undefined
  }
}

/** Whether UTF-8 can express it: no half of a surrogate pair on its own. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
