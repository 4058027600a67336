import {
  type Backend,
  type Batch,
  createStreams,
  type Program,
  type Registry,
  SandglassError,
  sizeOf,
  type Workload,
} from '@sandglass/core'
import { fashionMnistExcerpt } from '@sandglass/datasets'
import { sparseKl } from '../presets/index'

/** A training step to measure: a program with one or more objectives, and batches in turn. */
export interface Task {
  readonly program: Program
  readonly batches: readonly Batch[]
}

const SEED = 0

/** The textbook's sparse autoencoder as `sandglass train sparse-kl` trains it, on the images that are built in. */
export async function sparseTask(registry: Registry): Promise<Task> {
  const { train } = await fashionMnistExcerpt()
  const { batchSize } = sparseKl
  const order = createStreams(SEED).at('data/shuffle').permutation(train.size)
  const batches: Batch[] = []
  for (let start = 0; start + batchSize <= train.size; start += batchSize)
    batches.push((await train.batch(order.subarray(start, start + batchSize))) as Batch)
  const program = programOf(registry, sparseKl.model, { input: [28, 28] }, sparseKl.optimizer)
  const metrics = Object.fromEntries(
    sparseKl.metrics.map((metric) => [String(metric), registry.build('metric', metric)]),
  )
  return { program: { ...program, metrics }, batches }
}

/** A workload of the registry at its first batch size. Throws `SandglassError` when there is none of this name. */
export async function workloadTask(registry: Registry, name: string): Promise<Task> {
  await registry.load(name)
  const workload: Workload = registry.build('workload', name)
  const { model, fields, optimizer, batchSizes, range: [low, high] = [0, 1] } = workload
  await registry.load([model, optimizer])
  const size = batchSizes[0]!
  const streams = createStreams(SEED)
  const batches = Array.from({ length: 8 }, (_, step): Batch => {
    const values = Object.entries(fields).map(([field, shape]) => {
      const numbers = new Float32Array(size * sizeOf(shape))
      return [field, streams.at(`data/${field}`, step).uniform(numbers, low, high)] as const
    })
    const held = new Map(values)
    return { size, fields, fill: (field, out) => out.set(held.get(field)!) }
  })
  return { program: programOf(registry, model, fields, optimizer), batches }
}

function programOf(
  registry: Registry,
  model: unknown,
  fields: Workload['fields'],
  optimizer: unknown,
): Program {
  const built = registry.build('model', model, { registry, fields })
  const optimizers = built.objectives.map(({ name }) => [name, registry.build('optimizer', optimizer)])
  return { model: built, seed: SEED, optimizers: Object.fromEntries(optimizers) }
}

/** Steps a second once warm. Each batch is gathered anew and the next one is known, as when a model is trained. */
export async function measureSpeed(backend: Backend, task: Task, seconds: number): Promise<number> {
  if (!(seconds > 0))
    throw new SandglassError('spec', '--seconds is not usable', { expected: 'a number above 0' })
  const { program, batches } = task
  const objectives = program.model.objectives.map(({ name }) => name)
  const session = await backend.open(program)
  const requestOf = (step: number) => ({
    objective: objectives[step % objectives.length]!,
    batch: batches[Math.floor(step / objectives.length) % batches.length]!,
    step,
  })
  let step = 0
  const train = () => session.step({ ...requestOf(step), learningRate: 0.01, next: requestOf(++step) })
  try {
    for (let i = 0; i < 3 * objectives.length; i++) await train()
    const first = step
    const began = performance.now()
    while (performance.now() - began < 1000 * seconds) await train()
    return ((step - first) * 1000) / (performance.now() - began)
  } finally {
    session.dispose()
  }
}
