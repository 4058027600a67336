import type { EvaluateRequest, Program, RunRequest, Session, StepRequest } from './backend'
import { controlValues } from './control'
import type { Engine, EngineBatch, EngineEvaluation, EngineRun, EngineState, EngineStep } from './engine'
import { SandglassError } from './errors'
import { inputBatch } from './feeds'
import { drawsAt } from './random/draws'
import { createStreams, type Streams } from './random/streams'
import { createSerially } from './serially'
import type { HostRecord } from './tensors'
import { evaluateTogether, stepTogether } from './together'
import {
  type AveragedWeights,
  averagedWeights,
  checkOptimizers,
  checkState,
  initialState,
  objectiveOf,
  optimizerOf,
  stateShapes,
} from './training-state'

/**
 * A session on an engine: what every backend does alike. Calls queue, so they may overlap; one that fails changes
 * nothing. Evaluation and functions draw from streams of their own, `evaluate/…` and `run/…`, and see averaged weights
 * where an optimizer keeps them. `open` is given the weights and slots that the program starts with.
 *
 * Throws `SandglassError` (`spec`) when optimizers do not fit the objectives.
 */
export async function openSession(
  program: Program,
  backend: Session['backend'],
  open: (initial: EngineState) => Engine | Promise<Engine>,
): Promise<Session> {
  checkOptimizers(program)
  const { collective } = program
  const initial = initialState(program)
  const shapes = stateShapes(initial)
  const prepare = createPreparation(program)
  const iterations = Object.fromEntries(Object.keys(initial.slots).map((name) => [name, 0]))
  const serially = createSerially()
  const engine = await open(initial)
  let working = false
  let disposed = false

  function enqueue<T>(what: string, task: () => Promise<T>): Promise<T> {
    return serially(async () => {
      if (disposed)
        throw new SandglassError('backend', `cannot ${what}: the session is disposed`, {
          advice: 'Open another one.',
        })
      working = true
      try {
        return await task()
      } finally {
        working = false
      }
    })
  }

  return {
    backend,

    step: (request) =>
      enqueue('train', async () => {
        const step = prepare.step(request, iterations)
        const scalars = await (collective ? stepTogether(engine, step, collective) : engine.step(step))
        iterations[request.objective]!++
        return scalars
      }),

    evaluate: (request) =>
      enqueue('evaluate', async () => {
        const scalars = await engine.evaluate(prepare.evaluation(request))
        return collective ? evaluateTogether(scalars, request.batch.size, collective) : scalars
      }),

    run: (name, inputs, request = {}) =>
      enqueue(`run "${name}"`, async () => engine.run(prepare.run(name, inputs, request))),

    state: () =>
      enqueue('read the state', async () => ({ ...(await engine.read()), iterations: { ...iterations } })),

    restore: (state) =>
      enqueue('restore', async () => {
        checkState(state, shapes)
        await engine.write(state)
        Object.assign(iterations, state.iterations)
      }),

    dispose: () => {
      if (disposed) return
      disposed = true
      const end = async () => engine.dispose()
      // After the call that is under way, which uses what goes; else at once. Nobody is left to hear of a failure.
      void (working ? serially(end) : end()).catch(() => undefined)
    },
  }
}

/** Turns requests into what an engine is told: names found, numbers checked, random numbers placed. */
function createPreparation(program: Program) {
  const { model, seed } = program
  const streams = createStreams(seed)
  const averages = new Map<string | undefined, AveragedWeights>()

  function averagesFor(objective?: string): AveragedWeights {
    const known = averages.get(objective) ?? averagedWeights(program, objective)
    averages.set(objective, known)
    return known
  }

  return {
    step: (request: StepRequest, iterations: Readonly<Record<string, number>>): EngineStep => {
      const { objective, learningRate, controls, next } = request
      return {
        objective: objectiveOf(model, objective),
        optimizer: optimizerOf(program, objective, learningRate),
        learningRate,
        iteration: iterations[objective]! + 1,
        controls: controlValues(model.controls, controls),
        ...placed(request, streams),
        ...(next && { next: { objective: next.objective, ...placed(next, streams) } }),
      }
    },

    evaluation: ({ objective, batch, index, first, controls }: EvaluateRequest): EngineEvaluation => ({
      objective: objectiveOf(model, objective),
      batch,
      controls: controlValues(model.controls, controls),
      draws: drawsAt(streams, { prefix: 'evaluate/', step: index, first }),
      averages: averagesFor(objective),
    }),

    run: (name: string, inputs: HostRecord, request: RunRequest): EngineRun => {
      const { size: asked, seed: drawn = seed, draw = 0, first, controls } = request
      const target = Object.hasOwn(model.functions, name) ? model.functions[name] : undefined
      if (!target)
        throw new SandglassError('spec', `the model has no function "${name}"`, {
          expected: Object.keys(model.functions).join(', ') || 'none',
        })
      return {
        name,
        target,
        inputs,
        size: inputBatch(`the function "${name}"`, inputs, target.inputs, asked),
        controls: controlValues(model.controls, controls),
        draws: drawsAt(createStreams(drawn), { prefix: 'run/', step: draw, first }),
        averages: averagesFor(),
      }
    },
  }
}

function placed(
  { batch, step, first = 0 }: Pick<StepRequest, 'batch' | 'step' | 'first'>,
  streams: Streams,
): EngineBatch {
  return { batch, step, first, draws: drawsAt(streams, { step, first }) }
}
