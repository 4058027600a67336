import type { Collective } from './collective'
import type { Engine, EngineStep } from './engine'
import type { HostRecord, Scalars } from './tensors'

// What sessions do that train together: each on its shard, then all with the means.

const GRADIENT = 'gradient/'
const UPDATE = 'update/'
const SCALAR = 'scalar/'

/** One update with the means of all shards' gradients and state updates; the scalars are means too. */
export async function stepTogether(
  engine: Engine,
  step: EngineStep,
  collective: Collective,
): Promise<Scalars> {
  const { gradients, updates, scalars } = await engine.gradients(step)
  const own = {
    ...prefixed(GRADIENT, gradients),
    ...prefixed(UPDATE, updates),
    ...prefixed(SCALAR, onHost(scalars)),
  }
  const means = await collective.allReduce(own, step.batch.size)
  await engine.update(step, { gradients: under(GRADIENT, means), updates: under(UPDATE, means) })
  return numbers(under(SCALAR, means))
}

/** The means of what all shards are evaluated to. */
export async function evaluateTogether(
  scalars: Scalars,
  samples: number,
  collective: Collective,
): Promise<Scalars> {
  return numbers(await collective.allReduce(onHost(scalars), samples))
}

function onHost(scalars: Scalars): HostRecord {
  return Object.fromEntries(
    Object.entries(scalars).map(([name, value]) => [name, { shape: [], data: Float32Array.of(value) }]),
  )
}

function numbers(record: HostRecord): Scalars {
  return Object.fromEntries(Object.entries(record).map(([name, { data }]) => [name, data[0]!]))
}

function prefixed(prefix: string, record: HostRecord): HostRecord {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]))
}

function under(prefix: string, record: HostRecord): HostRecord {
  return Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  )
}
