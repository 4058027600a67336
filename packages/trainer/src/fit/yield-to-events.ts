/** Longest time between two turns of the event loop, in milliseconds. */
const SPAN = 50

/**
 * Lets timers, signals and drawing have their turn now and then. Backends that compute on this thread resolve at once,
 * and a loop that only awaits such promises would keep everything else waiting.
 */
export function createYielder(): () => Promise<void> | undefined {
  let last = performance.now()
  return () => {
    if (performance.now() - last < SPAN) return undefined
    return new Promise((resolve) => {
      const done = () => {
        last = performance.now()
        resolve()
      }
      const { setImmediate } = globalThis as { setImmediate?: (f: () => void) => void }
      if (setImmediate) setImmediate(done)
      else setTimeout(done, 0)
    })
  }
}
