import { z } from 'zod'

/** Any spec, to be looked at by the registry. */
export const specSchema = z.looseObject({ type: z.string() })

/** An optimizer for all objectives, or one for each by name. */
export const optimizersSchema = z.union([specSchema, z.record(z.string(), specSchema)], {
  error: 'expected an optimizer, or one for each objective: { "critic": { "type": "adam" }, … }',
})

/** What is wrong with a document, and where in it. */
export function showIssues({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length ? `${path.join('.')}: ${message}` : message))
    .join('; ')
}
