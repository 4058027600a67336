/** Runs tasks one after another in the order they were given; one that fails does not stop the next. */
export type Serially = <T>(task: () => T | Promise<T>) => Promise<T>

export function createSerially(): Serially {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const result = last.then(task)
    last = result.catch(() => undefined)
    return result
  }
}
