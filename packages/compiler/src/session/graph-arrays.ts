import { elements, type GraphInput, type GraphOutput, type Value } from '../graph/graph'
import { arenaBuffer } from './arena'
import { allocateAs, type Buffer } from './buffers'
import type { StateNames } from './compiled-graph'
import type { Plan } from './plan'
import type { Runtime } from './runtime'
import type { RuntimeOptions } from './runtime-options'

type Buffers = Readonly<Record<string, Buffer>>
type Inputs = Readonly<Record<string, Buffer<Float32Array>>>

/** The arrays of one compiled graph that are not state, by name. */
export interface GraphArrays {
  readonly inputs: Inputs
  /** Made when first asked for. */
  readonly spare: Inputs
  /** Makes the spare inputs those that are read. */
  swap(): void
  /** Undefined where the runtime writes nothing in place. */
  readonly outputs?: Buffers
  /** What the runtime hands to the kernel of the tail. */
  readonly handed: Buffers
  /** One more. */
  make(value: Value): Buffer
  /** Gives back what belongs to an arena. */
  free(): void
}

export function createGraphArrays(
  runtime: Runtime,
  { graph, tailed }: Plan,
  { state: place = 'in-place', arena }: RuntimeOptions,
  isState: StateNames,
): GraphArrays {
  const held: { address: number; bytes: number }[] = []
  const make = (value: Value): Buffer => {
    if (!arena || !tailed || value.dtype !== 'float32') return allocateAs(runtime, value.shape, value.dtype)
    const bytes = 4 * elements(value.shape)
    const address = arena.allocate(bytes)
    held.push({ address, bytes })
    return arenaBuffer(runtime, arena, address, value.shape)
  }
  const own = (ends: readonly (GraphInput | GraphOutput)[], isOwn: (name: string) => boolean) =>
    Object.fromEntries(ends.filter(({ name }) => isOwn(name)).map(({ name, value }) => [name, make(value)]))
  const makeInputs = () => own(graph.inputs, (name) => !isState.input(name)) as Inputs
  let inputs = makeInputs()
  let spare: Inputs | undefined
  const spareInputs = () => {
    spare ??= makeInputs()
    return spare
  }
  const outputs =
    place === 'in-place' ? own((tailed?.whole ?? graph).outputs, (name) => !isState.output(name)) : undefined
  return {
    get inputs() {
      return inputs
    },
    get spare() {
      return spareInputs()
    },
    swap: () => {
      ;[inputs, spare] = [spareInputs(), inputs]
    },
    ...(outputs && { outputs }),
    handed: Object.fromEntries((tailed?.handed ?? []).map(({ name, value }) => [name, make(value)])),
    make,
    free: () => {
      for (const { address, bytes } of held.splice(0)) arena!.free(address, bytes)
    },
  }
}
