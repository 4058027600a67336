import { z } from 'zod'

/** Any spec, to be looked at by the registry. */
export const specSchema = z.looseObject({ type: z.string() })

/** What is wrong with a document, and where in it. */
export function showIssues({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
}
