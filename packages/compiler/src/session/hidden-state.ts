import { SandglassError } from '@sandglass/core'
import type { ConstantData, Graph } from '../graph/graph'
import { printGraph } from '../graph/print-graph'

/** Uses of a graph at which it is looked at again: the 16th, and each time eight times as many. */
const FIRST = 16
const FACTOR = 8

/** Looks, at some uses of a compiled graph, whether its maths is still what was compiled. */
export interface Watch {
  /** Counts a use. `trace` records the maths anew. Throws `SandglassError` (`spec`) when it is another. */
  use(trace: () => Graph): void
}

/**
 * Watches for state that maths reads from elsewhere, a variable of a closure say: compiled, it is the constant that it
 * was at the time. Tracing again shows it once it has changed. That is done so seldom that it costs next to nothing: a
 * step of 1 ms that takes 15 ms to trace is slower by 0.2 % over ten thousand steps.
 */
export function watchGraph(what: string, traced: Graph): Watch {
  const compiled = linesOf(traced)
  let uses = 0
  let next = FIRST
  return {
    use: (trace) => {
      if (++uses < next) return
      next *= FACTOR
      const lines = linesOf(trace())
      const at = lines.findIndex((line, i) => line !== compiled[i])
      if (at < 0 && lines.length === compiled.length) return
      throw new SandglassError(
        'spec',
        `${what}: the maths reads something that has changed since it was compiled`,
        {
          got: lines[at] === undefined ? `${lines.length} operations` : shown(lines[at]),
          expected: `${compiled[at] === undefined ? `${compiled.length} operations` : shown(compiled[at])}, as compiled`,
          advice:
            'Make the number that changes a control of the model (Model.controls) and read it with controlOf(context, name).',
        },
      )
    },
  }
}

function linesOf(graph: Graph): string[] {
  return printGraph(graph, (constant) => `${constant.length} values, ${digest(constant)}`).split('\n')
}

/** FNV-1a over the values as doubles. */
function digest(values: ConstantData): number {
  const bytes = new Uint8Array(Float64Array.from(values as ArrayLike<number>).buffer)
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** `%12:[] = Mul(%11, {0.48})` → `0.48 in Mul` */
function shown(line: string): string {
  const [, op = line] = /= (\w+)\(/.exec(line) ?? []
  const constants = [...line.matchAll(/\{([^}]*)\}/g)].map(([, text]) => text)
  return constants.length ? `${constants.join(' and ')} in ${op}` : line
}
