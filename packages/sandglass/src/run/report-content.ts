import { type Exhibit, type Spec, summary } from '@sandglass/core'
import { showValue } from '../report/curves'
import { repeatsLoss } from '../report/history'
import type { ReportContent } from '../report/report'
import { commandAgain } from './command-again'
import type { Finished } from './finished'
import { judge } from './judge'
import { isOne } from './optimizers'
import type { RunResult } from './result'
import { showTurns } from './show-turns'

type Pairs = readonly (readonly [name: string, value: string])[]

/** What the report of a finished run says. */
export function reportContent(
  finished: Finished,
  document: RunResult,
  exhibits: readonly Exhibit[],
): ReportContent {
  const { plan, options, result } = finished
  return {
    title: plan.settings.name,
    description: options.description,
    provenance: document.data.provenance,
    notes: notesOf(finished),
    figures: figuresOf(document),
    history: document.history,
    exhibits,
    settings: settingsOf(finished, document),
    summary: summary(result.model.model),
    spec: plan.model,
    command: commandAgain(plan.settings, document.backend.id),
  }
}

function notesOf({ plan, data, result: { stopped, history } }: Finished): string[] {
  const notes: string[] = []
  if (data.standIn)
    notes.push(
      'The full dataset was not found, so this is a small excerpt of it. The figures do not compare with published ones.',
    )
  if (stopped !== 'completed')
    notes.push(`This run was stopped after ${history.length} of ${plan.settings.epochs} epochs (${stopped}).`)
  return notes
}

/** The judged figure first, then the others of the last epoch: those of the validation data, where there are such. */
function figuresOf(document: RunResult): Pairs {
  const { history, monitor, meanActivation, activity = [], warmStart = [], stepsPerSecond } = document
  const last = history.at(-1) ?? {}
  const others = Object.entries(last).filter(
    ([name]) =>
      !/^epoch$|learningRate$/.test(name) &&
      name !== monitor?.name &&
      !repeatsLoss(name, last) &&
      (name.startsWith('val_') || !(`val_${name}` in last)),
  )
  const figures: [string, string][] = []
  if (monitor) {
    const { name, best, last: value } = monitor
    figures.push([name, showValue(value)])
    if (best.value !== value) figures.push([`best ${name}`, `${showValue(best.value)} (epoch ${best.epoch})`])
  }
  for (const [name, value] of others) figures.push([name, showValue(value)])
  if (meanActivation !== undefined) figures.push(['mean activation', showValue(meanActivation)])
  for (const { layer, dead, units } of activity)
    figures.push([activity.length > 1 ? `dead units, ${layer}` : 'dead units', `${dead.length} of ${units}`])
  for (const { training, history, monitor: own } of warmStart) {
    const judged = judge(history, own ?? { name: 'val_loss', mode: 'min' })
    if (judged) figures.push([`${training}, ${judged.name}`, showValue(judged.last)])
  }
  figures.push(['steps per second', stepsPerSecond.toFixed(0)])
  return figures
}

function settingsOf({ plan, result, choice, started }: Finished, { history, backend }: RunResult): Pairs {
  const { optimizer = {}, turns, start, callbacks = [], batchSize, epochs, seed, version } = plan.settings
  const { name, mode } = result.monitor
  const optimizers: Pairs = isOne(optimizer)
    ? [['optimizer', showSpec(optimizer)]]
    : Object.entries(optimizer).map(([objective, spec]) => [`optimizer, ${objective}`, showSpec(spec)])
  return [
    ...optimizers,
    ...(turns ? [['turns', showTurns(turns)] as const] : []),
    ['judged by', `${name}, ${mode === 'max' ? 'higher' : 'lower'} is better`],
    ...(start ? [['at the start', typeof start === 'string' ? start : start.procedure] as const] : []),
    ...callbacks.map((callback) => ['callback', showSpec(callback)] as const),
    ['batch size', String(batchSize)],
    ['epochs', `${history.length} of ${epochs}`],
    ['seed', String(seed)],
    ['backend', `${backend.id}, ${backend.device}${choice ? ` (${choice.why})` : ''}`],
    ['time', `${((Date.now() - started) / 1000).toFixed(0)} s, of which this report is a part`],
    ['begun', new Date(started).toISOString().replace('T', ' ').replace(/\..*/, ' UTC')],
    ['Sandglass', version],
  ]
}

/** `sgd learningRate: 1, momentum: 0` */
function showSpec({ type, ...options }: Spec): string {
  const text = JSON.stringify(options)
    .replaceAll(/["{}]/g, '')
    .replaceAll(/[,:]/g, (c) => `${c} `)
  return text ? `${type} ${text}` : type
}
