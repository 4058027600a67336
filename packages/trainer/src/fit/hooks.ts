import type { Callback, Run } from '../callbacks/callback'

type HookName = 'onStart' | 'onStep' | 'onEpoch' | 'onSettled' | 'onEnd'
type EventOf<N extends HookName> = Parameters<NonNullable<Callback[N]>>[0]

/** Calls one hook of every callback that has it, in order; a promise only when one of them gives one. */
export interface Hook<Event> {
  readonly used: boolean
  call(event: Event, run: Run): void | Promise<void>
}

export function hookOf<N extends HookName>(callbacks: readonly Callback[], name: N): Hook<EventOf<N>> {
  const hooks = callbacks.flatMap((callback) => {
    const hook = callback[name] as ((event: EventOf<N>, run: Run) => void | Promise<void>) | undefined
    return hook ? [hook.bind(callback)] : []
  })
  async function rest(first: Promise<void>, next: number, event: EventOf<N>, run: Run): Promise<void> {
    await first
    for (const hook of hooks.slice(next)) await hook(event, run)
  }
  return {
    used: hooks.length > 0,
    call: (event, run) => {
      for (let i = 0; i < hooks.length; i++) {
        const pending = hooks[i]!(event, run)
        if (pending) return rest(pending, i + 1, event, run)
      }
    },
  }
}
