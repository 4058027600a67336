import { engine } from '@tensorflow/tfjs-core'

/**
 * Runs `fn` with its kernel number `k` (from 0) failing as if memory had run out. Returns whether it got that far;
 * when `fn` runs fewer kernels it just runs. Any other error passes on.
 */
export function failing(k: number, fn: () => void): boolean {
  const target = engine()
  const original = target.runKernel
  const injected = new Error(`kernel ${k} was made to fail`)
  let count = 0
  target.runKernel = ((...args: Parameters<typeof original>) => {
    // Identity allocates nothing and cannot fail; tfjs relies on that where it saves tensors for the backward pass.
    if (args[0] !== 'Identity' && count++ === k) throw injected
    return original.apply(target, args)
  }) as typeof original
  try {
    fn()
    return false
  } catch (error) {
    if (!causedBy(error, injected)) throw error
    return true
  } finally {
    // The method itself is on the prototype.
    delete (target as Partial<typeof target>).runKernel
  }
}

function causedBy(error: unknown, cause: Error): boolean {
  return (
    error === cause || (error instanceof Error && error.cause !== undefined && causedBy(error.cause, cause))
  )
}
