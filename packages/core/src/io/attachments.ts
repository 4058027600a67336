import { z } from 'zod'
import type { Attachment, Attachments } from '../attachment'
import type { Kind } from '../definition'
import { SandglassError } from '../errors'
import type { Registry } from '../registry'
import type { Spec } from '../spec'
import type { HostRecord } from '../tensors'

const PREFIX = 'attachments/'

/** What the description of a model file says of its attachments. */
export const attachmentsSchema = z
  .record(
    z.string(),
    z.strictObject({
      kind: z.string(),
      spec: z.looseObject({ type: z.string() }),
      plugin: z.strictObject({ name: z.string(), version: z.string() }).optional(),
    }),
  )
  .default({})

type Described = z.output<typeof attachmentsSchema>

/**
 * Attachments as a model file keeps them: what is JSON, and all tensors under `attachments/<name>/…`.
 *
 * Throws `SandglassError` (`data`) when a weight has a name that begins as theirs do.
 */
export function packAttachments(
  attachments: Attachments,
  registry: Registry,
  weights: HostRecord,
): { json: Described; tensors: HostRecord } {
  const taken = Object.keys(weights).find((name) => name.startsWith(PREFIX))
  if (taken !== undefined)
    throw new SandglassError('data', 'the model cannot be saved: a weight has the name of an attachment', {
      got: taken,
      expected: `names of weights that do not begin with "${PREFIX}"`,
    })
  const tensors: HostRecord = {}
  const json: Described = {}
  for (const [name, attachment] of Object.entries(attachments)) {
    const { kind, spec } = attachment
    const plugin = providerOf(attachment, registry)
    json[name] = { kind, spec: spec as Described[string]['spec'], ...(plugin && { plugin }) }
    for (const [tensor, value] of Object.entries(attachment.tensors)) tensors[prefixOf(name) + tensor] = value
  }
  return { json, tensors }
}

/** Attachments out of a file, and the tensors that are left: the weights. */
export function unpackAttachments(
  described: Described,
  tensors: HostRecord,
  source: string,
): { attachments: Attachments; weights: HostRecord } {
  const weights = { ...tensors }
  const attachments = Object.entries(described).map(([name, { kind, spec, plugin }]) => {
    const prefix = prefixOf(name)
    const own: HostRecord = {}
    for (const tensor of Object.keys(weights))
      if (tensor.startsWith(prefix)) {
        own[tensor.slice(prefix.length)] = weights[tensor]!
        delete weights[tensor]
      }
    const attachment: Attachment = { kind, spec: spec as Spec, tensors: own, ...(plugin && { plugin }) }
    return [name, attachment] as const
  })
  const stray = Object.keys(weights).find((name) => name.startsWith(PREFIX))
  if (stray !== undefined)
    throw new SandglassError('file', `${source} is malformed`, {
      got: `the tensor ${stray}`,
      expected: `tensors of ${Object.keys(described).join(', ') || 'no attachments'}`,
    })
  return { attachments: Object.fromEntries(attachments), weights }
}

/** Who defines the type now or, where nobody does, who did when the file was written. */
function providerOf({ kind, spec, plugin }: Attachment, registry: Registry): Attachment['plugin'] {
  return registry.list(kind as Kind).find(({ type }) => type === spec.type)?.plugin ?? plugin
}

/** The name is escaped, so that no "/" in it can be taken for the end of it. */
function prefixOf(name: string): string {
  return `${PREFIX}${name.replaceAll('%', '%25').replaceAll('/', '%2F')}/`
}
