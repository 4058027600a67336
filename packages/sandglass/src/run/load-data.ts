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
    const advice = isSandglassError(error) && error.code === 'file' && adviceFor(spec)
    if (!advice) throw error
    throw new SandglassError('file', (error as Error).message, { advice, cause: error })
  }
}

function adviceFor({ type }: Spec): string | undefined {
  if (type === 'mnist' || type === 'cifar10') return 'On the command line: --data-dir FOLDER.'
  if (type !== 'fashionMnist') return undefined
  return (
    'On the command line: --data-dir FOLDER, or --dataset fashion-mnist-excerpt for the small excerpt, ' +
    'or --dataset \'{"type":"fashionMnist","fallback":"excerpt"}\' to take it only when the full data is missing.'
  )
}
