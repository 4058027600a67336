import { resolve } from 'node:path'
import {
  type Dataset,
  encodeModel,
  type HostRecord,
  type HostTensor,
  nearest,
  SandglassError,
  type Scalars,
  type TrainedModel,
} from '@sandglass/core'
import { writeFileAtomic } from '@sandglass/core/node'
import { backendOf } from '@sandglass/trainer'
import { open } from '../../node/index'
import { showValue } from '../../report/curves'
import { parseJson } from '../../run/parse-json'
import { defineCommand, type Terminal, wholeNumber } from '../command'
import { table } from '../help-table'
import { dataFor, describeData, readTrained, type TrainedFile, trainedOptions } from '../trained'
import { writeOutputs } from '../write-outputs'

export const runCommand = defineCommand({
  name: 'run',
  summary: 'Run any function or procedure of a trained model',
  usage: '<run | model.safetensors> [function] [options]',
  details:
    'A function takes its inputs from the data, or makes --size samples where it has none; a procedure loops over functions: sampling, clustering, fitting. Without a name both are listed. What a procedure fits is kept in the model file.',
  examples: [
    'sandglass run my-run',
    'sandglass run my-run encode --split test --out codes.csv',
    'sandglass run my-run sample --size 64 --seed 1 --out samples.png',
  ],
  positionals: [1, 2],
  options: {
    ...trainedOptions,
    size: { value: 'N', description: 'Samples to make, for a function without inputs (default: 16)' },
    seed: { value: 'N', description: 'Decides random numbers (default: 0)' },
    draw: { value: 'N', description: 'Which draw of this seed, for other samples (default: 0)' },
    options: { value: 'JSON', description: 'Options of a procedure: {"components": 10}' },
    out: {
      value: 'FILE',
      description:
        'Where to write what comes out: .csv, .png (pictures) or .safetensors (default: outputs.safetensors)',
    },
    save: {
      value: 'FILE',
      description: 'Where to write the model with what was fitted (default: where it is)',
    },
  },
  run: async ([target, name], values, terminal) => {
    const file = await readTrained(target!, terminal)
    if (name === undefined) return listAll(file, Boolean(values.json), terminal)
    const { functions, procedures = {} } = file.model
    const seed = values.seed === undefined ? 0 : wholeNumber('seed', values.seed)
    const isFunction = Object.hasOwn(functions, name)
    if (!isFunction && !Object.hasOwn(procedures, name)) throw unknownName(name, file)
    const reads = isFunction
      ? Object.keys(functions[name]!.inputs).length > 0
      : procedures[name]!.data === 'required' || (procedures[name]!.data && values.dataset !== undefined)
    const data = reads ? await dataFor(file, values) : undefined
    const trained = await open(file, { backend: backendOf(values.backend, file.registry), seed })
    try {
      const place = `on ${trained.backend.id}, ${trained.backend.device}.\n`
      terminal.err(data ? `${describeData(data)}; ${place}` : `${name} ${place}`)
      const done: Done = isFunction
        ? { outputs: await apply(trained, name, data?.dataset, values) }
        : await perform(trained, name, data?.dataset, values, file, terminal)
      await report(done, { name, values, trained, terminal })
    } finally {
      trained.dispose()
    }
    return 0
  },
})

interface Asked {
  readonly size?: string
  readonly draw?: string
  readonly options?: string
  readonly out?: string
  readonly save?: string
  readonly json?: boolean
}

/** What came out of it. */
interface Done {
  readonly outputs?: HostRecord
  readonly figures?: Scalars
  /** Names of what was fitted. */
  readonly fitted?: readonly string[]
  /** Where the model was written. */
  readonly model?: string
}

function apply(trained: TrainedModel, name: string, dataset: Dataset | undefined, asked: Asked) {
  if (asked.options !== undefined)
    throw new SandglassError('spec', '--options are for procedures', { got: `the function "${name}"` })
  if (dataset && asked.size !== undefined)
    throw new SandglassError('spec', '--size is for functions without inputs', {
      got: `the function "${name}", which makes as many samples as the data has`,
    })
  const draw = asked.draw === undefined ? 0 : wholeNumber('draw', asked.draw, 0)
  if (dataset) return trained.run(name, dataset, { draw })
  const size = asked.size === undefined ? 16 : wholeNumber('size', asked.size, 1)
  return trained.run(name, {}, { size, draw })
}

async function perform(
  trained: TrainedModel,
  name: string,
  data: Dataset | undefined,
  asked: Asked,
  file: TrainedFile,
  terminal: Terminal,
): Promise<Done> {
  const options = asked.options === undefined ? {} : (parseJson(asked.options, '--options') as object)
  const work = trained.perform(name, { options, data, signal: terminal.interruptible() })
  for await (const { done, total } of work)
    if (terminal.columns !== undefined)
      terminal.err(`\r\u001b[K${name} ${done}${total ? ` of ${total}` : ''}`)
  if (terminal.columns !== undefined) terminal.err('\r\u001b[K')
  const { outputs, figures, weights, attachments } = await work
  if (!weights && !attachments) return { outputs, figures }
  const { model, extras } = file
  const path = resolve(asked.save ?? file.path)
  const bytes = encodeModel({
    model,
    weights: await trained.weights(),
    attachments: trained.attachments,
    extras,
  })
  await writeFileAtomic(path, bytes)
  return { outputs, figures, fitted: Object.keys(attachments ?? {}), model: path }
}

async function report(
  { outputs = {}, figures = {}, fitted = [], model }: Done,
  context: { name: string; values: Asked; trained: TrainedModel; terminal: Terminal },
): Promise<void> {
  const { name, values, trained, terminal } = context
  const some = Object.keys(outputs).length > 0
  const path = some ? resolve(values.out ?? 'outputs.safetensors') : undefined
  if (path) await writeOutputs(path, name, outputs)
  const shapes = Object.entries(outputs).map(([output, { shape }]: [string, HostTensor]) => [output, shape])
  if (values.json) {
    const { backend } = trained
    const document = {
      name,
      outputs: Object.fromEntries(shapes),
      figures,
      fitted,
      backend,
      paths: { outputs: path, model },
    }
    terminal.out(`${JSON.stringify(document, null, 2)}\n`)
    return
  }
  const lines = [
    ...Object.entries(figures).map(([figure, value]) => `${figure} ${showValue(value)}`),
    ...(path ? [`${shapes.map(([output, shape]) => `${output} [${shape}]`).join(', ')}: ${path}`] : []),
    ...(model ? [`${fitted.length ? `fitted ${fitted.join(', ')}` : 'weights'}: ${model}`] : []),
  ]
  terminal.out(`${lines.join('\n') || `${name} is done`}\n`)
}

function listAll({ model }: TrainedFile, json: boolean, { out }: Terminal): number {
  const { functions, procedures = {} } = model
  if (json) {
    const shapes = Object.entries(functions).map(([name, { inputs, outputs }]) => ({ name, inputs, outputs }))
    const described = Object.entries(procedures).map(([name, { description }]) => ({ name, description }))
    out(`${JSON.stringify({ functions: shapes, procedures: described }, null, 2)}\n`)
    return 0
  }
  const ends = (shapes: Readonly<Record<string, readonly number[]>>) =>
    Object.entries(shapes)
      .map(([name, shape]) => `${name} [${shape.join(', ')}]`)
      .join(', ')
  const rows = Object.entries(functions).map(([name, { inputs, outputs }]) => [
    name,
    `${ends(inputs) || '--size samples'} → ${ends(outputs)}`,
  ])
  const loops = Object.entries(procedures).map(([name, { description }]) => [name, description])
  out(`Functions\n${table(rows)}\n${loops.length ? `\nProcedures\n${table(loops)}\n` : ''}`)
  return 0
}

function unknownName(name: string, { model }: TrainedFile): SandglassError {
  const names = [...Object.keys(model.functions), ...Object.keys(model.procedures ?? {})]
  const close = nearest(name, names)
  return new SandglassError('spec', `the model has no function or procedure "${name}"`, {
    expected: names.join(', '),
    ...(close !== undefined && { advice: `Did you mean "${close}"?` }),
  })
}
