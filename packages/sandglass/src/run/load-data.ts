import { isSandglassError, type Registry, SandglassError, type Spec, type Splits } from '@sandglass/core'

/**
 * A dataset for the command line: when its files are not found, the error also says what can be done there. Throws what
 * the dataset throws.
 */
export async function loadData(registry: Registry, spec: Spec): Promise<Splits> {
  try {
    await registry.load(spec)
    return await registry.build('dataset', spec)
  } catch (error) {
    const advice = isSandglassError(error) && error.code === 'file' && adviceFor(registry, spec)
    if (!advice) throw error
    throw new SandglassError('file', (error as Error).message, { advice, cause: error })
  }
}

/** What there is to do about missing files, by the options that the dataset has. */
function adviceFor(registry: Registry, { type }: Spec): string | undefined {
  const { shape } = registry.get('dataset', type).schema
  if (!('folder' in shape)) return undefined
  if (!('fallback' in shape)) return 'On the command line: --data-dir FOLDER.'
  return (
    `On the command line: --data-dir FOLDER, or --dataset ${dashed(type)}-excerpt for the small excerpt, ` +
    `or --dataset '{"type":"${type}","fallback":"excerpt"}' to take it only when the full data is missing.`
  )
}

/** `fashionMnist` → `fashion-mnist`. */
function dashed(type: string): string {
  return type.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
