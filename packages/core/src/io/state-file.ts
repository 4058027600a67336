import { z } from 'zod'
import type { TrainingState } from '../backend'
import { SandglassError } from '../errors'
import type { Json } from '../spec'
import type { HostRecord } from '../tensors'
import { decodeDocument, encodeDocument } from './document'

const KIND = 'checkpoint'
const VERSION = 1

/** All that training needs to go on. */
export interface StateFile {
  readonly state: TrainingState
  /** Whatever the trainer wants back: history, counters, positions. */
  readonly json?: Json
}

const schema = z.strictObject({
  objectives: z.array(z.string()),
  iterations: z.record(z.string(), z.int().nonnegative()),
  json: z.unknown(),
})

/**
 * Writes a training state bit for bit: tensors `weights/<name>` and `slots/<objective>/<name>`, the rest as JSON.
 * (One thing is lost: −0 in `json` comes back as 0.)
 *
 * Throws `SandglassError` (`data`) when `json` is not JSON (NaN, functions…) or an array does not match its shape.
 */
export function encodeState({ state, json = {} }: StateFile): Uint8Array<ArrayBuffer> {
  const { weights, slots, iterations } = state
  const tensors = Object.assign(
    prefixed('weights/', weights),
    ...Object.entries(slots).map(([objective, record]) => prefixed(slotPrefix(objective), record)),
  ) as HostRecord
  const document = { objectives: Object.keys(slots), iterations, json }
  return encodeDocument({ kind: KIND, version: VERSION, json: document, tensors })
}

/**
 * Reads what `encodeState` wrote. `source` names the file in messages.
 *
 * Throws `SandglassError` (`file`) when it is damaged, no checkpoint, or of a newer format.
 */
export function decodeState(bytes: Uint8Array, source = 'checkpoint'): Required<StateFile> {
  const { json, tensors } = decodeDocument(bytes, KIND, VERSION, source)
  const result = schema.safeParse(json)
  if (!result.success) throw malformed(source, 'a malformed description', 'objectives, iterations and json')
  const { objectives, iterations } = result.data
  const rest = new Set(Object.keys(tensors))
  const take = (prefix: string): HostRecord => {
    const names = [...rest].filter((name) => name.startsWith(prefix))
    for (const name of names) rest.delete(name)
    return Object.fromEntries(names.map((name) => [name.slice(prefix.length), tensors[name]!]))
  }
  const weights = take('weights/')
  const slots = Object.fromEntries(objectives.map((objective) => [objective, take(slotPrefix(objective))]))
  if (rest.size) throw malformed(source, `the tensor ${[...rest][0]}`, 'weights/… and slots/<objective>/…')
  return { state: { weights, slots, iterations }, json: result.data.json as Json }
}

/** The objective is escaped, so that no "/" in it can be taken for the end of it. */
function slotPrefix(objective: string): string {
  return `slots/${objective.replaceAll('%', '%25').replaceAll('/', '%2F')}/`
}

function prefixed(prefix: string, record: HostRecord): HostRecord {
  return Object.fromEntries(Object.entries(record).map(([name, tensor]) => [prefix + name, tensor]))
}

function malformed(source: string, got: string, expected: string): SandglassError {
  return new SandglassError('file', `${source} is malformed`, { got, expected })
}
