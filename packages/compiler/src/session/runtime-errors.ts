import { SandglassError } from '@sandglass/core'

const MEMORY =
  /bad_alloc|bad allocation|allocat\w* (memory|failed)|failed to allocate|out of memory|memory\.grow/i

/** What ONNX Runtime threw while it did `what`, with advice. */
export function runtimeError(what: string, error: unknown): SandglassError {
  const text = (error instanceof Error ? error.message : String(error)).trim().split('\n')[0]!
  return new SandglassError('backend', `ONNX Runtime failed while ${what}`, {
    got: text.replace(/\.$/, ''),
    advice: MEMORY.test(text)
      ? 'Use smaller batches or a smaller model.'
      : 'Nothing has changed. Train on an eager backend (cpu, wasm, tensorflow, webgpu), and please report this.',
    cause: error,
  })
}

/** What needs more memory than there is. */
export function outOfMemory(
  what: string,
  bytes: number,
  available: number | undefined,
  cause?: unknown,
): SandglassError {
  return new SandglassError('backend', `there is not enough memory for ${what}`, {
    got: `a need of at least ${gigabytes(bytes)}`,
    expected: available === undefined ? undefined : `at most ${gigabytes(available)}`,
    advice: 'Use smaller batches or a smaller model.',
    cause,
  })
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toPrecision(3)} GiB`
}
