/** Most characters of a value that are shown. */
const ROOM = 60

/**
 * What a value is, in a few words, for the `got` of errors: `an array of 64 arrays`, `a promise`, `a Float32Array of 6
 * numbers`, `"relu"`, `{"type":"dense"}`. Takes time in proportion to what is shown, never to the value.
 */
export function describeValue(value: unknown): string {
  if (typeof value === 'function') return describeFunction(value)
  if (typeof value !== 'object' || value === null) return cut(preview(value, ROOM))
  return named(value) ?? (Array.isArray(value) ? describeArray(value) : cut(preview(value, ROOM)))
}

function describeFunction(value: object): string {
  const { type } = value as { type?: unknown }
  return typeof type === 'string' ? `the function ${type} itself` : 'a function'
}

/** Things with a name of their own, and instances of classes. */
function named(value: object): string | undefined {
  if (isPromise(value)) return 'a promise'
  if (isTensor(value)) return `a tensor of shape [${value.shape.join(', ')}]`
  if (ArrayBuffer.isView(value) && 'length' in value)
    return `${article(value.constructor.name)} of ${String(value.length)} numbers`
  const own = value as Record<string, unknown>
  if (typeof own.batch === 'function' && 'fields' in own) return `a dataset of ${String(own.size)} samples`
  if ('objectives' in own && 'functions' in own) return 'a built model'
  if (typeof own.evaluate === 'function' && 'model' in own) return 'a trained model'
  return Array.isArray(value) || isPlainObject(value) ? undefined : article(value.constructor.name)
}

function describeArray(value: readonly unknown[]): string {
  const text = value.length <= 8 ? preview(value, ROOM + 1) : undefined
  if (text !== undefined && text.length <= ROOM) return text
  const first = value[0]
  const things = Array.isArray(first) ? 'arrays' : typeof first === 'object' ? 'objects' : `${typeof first}s`
  return `an array of ${value.length} ${ArrayBuffer.isView(first) ? 'typed arrays' : things}`
}

/** As JSON, as far as `room` characters go. */
function preview(value: unknown, room: number, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, room))
  if (typeof value === 'bigint') return depth ? `"${value}"` : String(value)
  if (typeof value === 'function') return describeFunction(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const thing = depth ? named(value) : undefined
  if (thing !== undefined) return `(${thing})`
  const list = Array.isArray(value)
  let text = list ? '[' : '{'
  let first = true
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue
    if (text.length > room) return text
    const child = preview((value as Record<string, unknown>)[key], room - text.length, depth + 1)
    text += `${first ? '' : ','}${list ? '' : `${JSON.stringify(key.slice(0, room))}:`}${child}`
    first = false
  }
  return text + (list ? ']' : '}')
}

function cut(text: string): string {
  return text.length > ROOM ? `${text.slice(0, ROOM - 3)}…` : text
}

/** A noun with its article. */
export function article(noun: string): string {
  return `${/^[aeio]/i.test(noun) ? 'an' : 'a'} ${noun}`
}

/** An object as `{…}` makes it, in this realm or another, and not one of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { constructor: maker } = value
  return typeof maker !== 'function' || maker.name === 'Object' || maker.name === ''
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

/** A tensor of tfjs, of whichever copy of it. */
export function isTensor(value: unknown): value is { readonly shape: readonly number[] } {
  const { dataSync, shape } = (value ?? {}) as { dataSync?: unknown; shape?: unknown }
  return typeof dataSync === 'function' && Array.isArray(shape)
}
