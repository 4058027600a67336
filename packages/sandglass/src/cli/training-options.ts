import { SandglassError, type Spec } from '@sandglass/core'
import type { Optimizers } from '@sandglass/trainer'
import type { Preset } from '../presets/preset'
import { inFull } from '../run/optimizers'
import { parseJson } from '../run/parse-json'
import type { Settings } from '../run/settings'
import type { WarmStart } from '../run/warm-start-spec'
import { type Option, positiveNumber, type Values, wholeNumber } from './command'

/** Options of the command line that say how a model is trained. */
export const trainingOptions = {
  epochs: { value: 'N', description: 'Passes over the data' },
  'batch-size': { value: 'N', description: 'Samples in a batch' },
  optimizer: {
    value: 'NAME',
    description:
      'sgd, adam, nadam…, or a spec as JSON; one for each objective as {"critic": {"type": "adam"}, …} (default: the model\'s own, or adam)',
  },
  'learning-rate': { value: 'X', description: 'Learning rate of every optimizer' },
  turns: {
    value: 'JSON',
    description:
      'Which objectives are trained on which batch: [["critic"], ["critic", "generator"]], or phases: [{"turns": [["pretraining"]]}, {"from": {"epoch": 4}, "turns": [["fineTuning"]]}]',
  },
  monitor: {
    value: 'NAME',
    description:
      'The figure that the run is judged by (default: the model\'s own, or the validation loss); {"name": …, "mode": "max"} if higher is better',
  },
  start: {
    value: 'NAME',
    description:
      'A procedure of the model to start with, or none; {"procedure": …, "options": …} with options',
  },
  metric: {
    value: 'NAME',
    description: 'A metric to report beside the loss; may be given again',
    repeats: true,
  },
  callback: {
    value: 'SPEC',
    description: 'What else takes part: {"type": "earlyStopping", "patience": 3}; may be given again',
    repeats: true,
  },
  control: {
    value: 'NAME=VALUE',
    description: 'A control of the model: a number, or a schedule as JSON; may be given again',
    repeats: true,
  },
  patience: {
    value: 'N',
    description: 'Stop after N epochs in which the figure that the run is judged by was no better',
  },
  samples: { value: 'N', description: 'Learn from the first N training samples' },
  'warm-start': {
    value: 'KIND',
    description:
      'What to train first: greedy, layer by layer, or an autoencoder whose encoder is taken over, as JSON: {"type": "pretraining", "model": …}',
  },
  seed: { value: 'N', description: 'Decides initial weights, order of data and noise (default: 42)' },
} as const satisfies Record<string, Option>

type Training = Omit<Settings, 'version' | 'name' | 'dataset' | 'backend'>

/** What a preset says of its training; all of it but these counts may be left to the model. */
export type PresetTraining = Omit<
  Preset,
  'name' | 'family' | 'description' | 'model' | 'dataset' | 'batchSize'
> & {
  readonly batchSize?: number
}

/** Settings of a training: those of a preset, and in their place what the options say. */
export function trainingOf(
  preset: PresetTraining,
  values: Values<typeof trainingOptions>,
): { readonly training: Training; readonly learningRate?: number } {
  const whole = (name: 'epochs' | 'batch-size' | 'samples') =>
    values[name] === undefined ? undefined : wholeNumber(name, values[name], 1)
  const { metric, callback, start } = values
  const optimizer =
    values.optimizer === undefined ? preset.optimizer : specOf(values.optimizer, '--optimizer')
  const [epochs, batchSize] = [whole('epochs'), whole('batch-size')]
  const specs = (options: readonly string[], name: string) => options.map((each) => specOf(each, `--${name}`))
  return {
    ...(values['learning-rate'] !== undefined && {
      learningRate: positiveNumber('learning-rate', values['learning-rate']),
    }),
    training: {
      optimizer: optimizer && inFull(optimizer as Optimizers),
      controls: values.control ? { ...preset.controls, ...controlsOf(values.control) } : preset.controls,
      turns: values.turns === undefined ? preset.turns : parseJson(values.turns, '--turns'),
      monitor: values.monitor === undefined ? preset.monitor : named(values.monitor, '--monitor'),
      start: start === undefined ? preset.start : start === 'none' ? false : named(start, '--start'),
      epochs: epochs ?? preset.epochs,
      batchSize: batchSize ?? preset.batchSize,
      metrics: metric ? specs(metric, 'metric') : preset.metrics,
      callbacks: stoppingAfter(values.patience, callback ? specs(callback, 'callback') : preset.callbacks),
      samples: whole('samples') ?? preset.samples,
      warmStart:
        values['warm-start'] === undefined
          ? preset.warmStart && adjusted(preset.warmStart, { epochs, batchSize })
          : (specOf(values['warm-start'], '--warm-start') as WarmStart),
      seed: values.seed === undefined ? 42 : wholeNumber('seed', values.seed),
    } as Training,
  }
}

/** The callbacks, and one that stops the run early. */
function stoppingAfter(
  patience: string | undefined,
  callbacks: PresetTraining['callbacks'] | readonly Spec[],
): readonly unknown[] | undefined {
  if (patience === undefined) return callbacks
  const stopping = { type: 'earlyStopping', patience: wholeNumber('patience', patience, 1) }
  return [...(callbacks ?? []).filter((each) => typeOf(each) !== 'earlyStopping'), stopping]
}

function typeOf(spec: unknown): unknown {
  return typeof spec === 'string' ? spec : (spec as Spec).type
}

/** What a preset trains first, with `--epochs` and `--batch-size` for all of it. */
function adjusted(first: WarmStart, asked: { epochs?: number; batchSize?: number }): WarmStart {
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
  if (first.type === 'pretraining' || !first.stages) return { ...first, ...given }
  return { ...first, ...given, stages: first.stages.map((stage) => ({ ...stage, ...given })) }
}

/** `beta=0.5`, `beta={"type": "cosineSchedule", …}`. */
function controlsOf(options: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    options.map((option) => {
      const [, name, value = ''] = /^([^=]+)=(.+)$/s.exec(option) ?? []
      const number = Number(value)
      if (name !== undefined && Number.isFinite(number)) return [name, number]
      if (name !== undefined && value.trimStart().startsWith('{'))
        return [name, parseJson(value, '--control')]
      throw new SandglassError('spec', '--control is not usable', {
        got: option,
        expected: 'NAME=VALUE, a number or a schedule as JSON: --control beta=0.5',
      })
    }),
  )
}

/** A name, or JSON. */
function named(option: string, source: string): unknown {
  return option.trimStart().startsWith('{') ? parseJson(option, source) : option
}

function specOf(option: string, source: string): Spec {
  const value = named(option, source)
  return typeof value === 'string' ? { type: value } : (value as Spec)
}
