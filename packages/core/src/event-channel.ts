/** Work under way: a promise of its result, and the events that it sends on the way. */
export type Watched<Event, Result> = Promise<Result> & AsyncIterable<Event>

/** Where work sends its events. */
export interface Channel<Event> {
  /** Whether anybody listens: events need not be made for nobody. */
  readonly open: boolean
  send(event: Event): void
}

/**
 * Starts `work` in the next microtask. Every iterator gets all events from the moment it was asked for, and ends or
 * throws as the work does; leaving one does not stop the work. Events wait for slow readers.
 */
export function watch<Event, Result>(
  work: (channel: Channel<Event>) => Promise<Result>,
): Watched<Event, Result> {
  const readers = new Set<Reader<Event>>()
  let ending: Ending | undefined
  const channel = {
    get open() {
      return readers.size > 0
    },
    send: (event: Event) => {
      for (const reader of readers) reader.push(event)
    },
  }
  const finish = (how: Ending) => {
    ending = how
    for (const reader of readers) reader.end(how)
  }
  const promise = Promise.resolve()
    .then(() => work(channel))
    .then(
      (result) => {
        finish({ failed: false })
        return result
      },
      (error: unknown) => {
        finish({ failed: true, error })
        throw error
      },
    )
  return Object.assign(promise, {
    [Symbol.asyncIterator]: () => {
      // The reader gets the error, so that not awaiting the promise as well is no mistake.
      promise.catch(() => {})
      const reader = createReader<Event>(() => readers.delete(reader))
      readers.add(reader)
      if (ending) reader.end(ending)
      return reader.iterator
    },
  })
}

type Ending = { failed: false } | { failed: true; error: unknown }

interface Reader<Event> {
  readonly iterator: AsyncIterator<Event>
  push(event: Event): void
  end(how: Ending): void
}

function createReader<Event>(leave: () => void): Reader<Event> {
  const waiting: Event[] = []
  let ending: Ending | undefined
  let wake: (() => void) | undefined
  const notify = () => {
    wake?.()
    wake = undefined
  }
  return {
    push: (event) => {
      waiting.push(event)
      notify()
    },
    end: (how) => {
      ending = how
      notify()
    },
    iterator: {
      next: async () => {
        while (!waiting.length && !ending) await new Promise<void>((resolve) => (wake = resolve))
        if (waiting.length) return { value: waiting.shift()!, done: false }
        leave()
        const how = ending!
        ending = { failed: false }
        if (how.failed) throw how.error
        return { value: undefined, done: true }
      },
      return: async () => {
        leave()
        waiting.length = 0
        ending = { failed: false }
        return { value: undefined, done: true }
      },
    },
  }
}
