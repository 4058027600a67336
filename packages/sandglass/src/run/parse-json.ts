import { parseStrictJson, SandglassError } from '@sandglass/core'

/** JSON that people may have written. Throws `SandglassError` (`spec`) that names the place of the fault. */
export function parseJson(text: string, source: string): unknown {
  try {
    JSON.parse(text)
  } catch (error) {
    throw new SandglassError('spec', `${source} is not JSON`, {
      got: error instanceof Error ? error.message : String(error),
      expected: 'an object like { "type": "autoencoder", "encoder": [ … ], "decoder": [ … ], "loss": … }',
      advice: 'Names and strings need double quotes, and no comma may follow the last entry.',
    })
  }
  const parsed = parseStrictJson(text, { depth: 100, containers: 100_000 })
  if (parsed.fault === undefined) return parsed.value
  throw new SandglassError('spec', `${source} cannot be used`, {
    got: `JSON that ${parsed.fault}`,
    advice: /^repeats/.test(parsed.fault) ? 'Say it once: JSON would take the last.' : undefined,
  })
}
