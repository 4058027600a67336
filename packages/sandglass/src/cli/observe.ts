import { relative } from 'node:path'
import type { StandIn } from '@sandglass/core'
import { createNodeDatasets } from '@sandglass/datasets/node'
import type { Checkpoint } from '@sandglass/trainer'
import { showValue } from '../report/curves'
import { repeatsLoss } from '../report/history'
import type { RunResult } from '../run/result'
import type { RunPlan } from '../run/run-plan'
import { trainRun } from '../run/train-run'
import type { Terminal } from './command'
import { commandRegistry } from './plugins'
import { bar, createProgress } from './progress'

export interface ObserveOptions {
  readonly terminal: Terminal
  readonly json: boolean
  /** Whether to say where data were looked for in vain. */
  readonly verbose?: boolean
  readonly description?: string
  readonly resumeFrom?: Checkpoint
}

/** The registry of the command line: with its plugins, and downloads show their progress. */
export function cliRegistry({ err, columns, plugins }: Pick<Terminal, 'err' | 'columns' | 'plugins'>) {
  let announced = ''
  const datasetPlugin = createNodeDatasets({
    onProgress: ({ dataset, file, received, total }) => {
      if (columns !== undefined)
        err(
          `\r\u001b[KDownloading ${dataset}/${file} ${total ? bar(received / total, 24) : ''} ${megabytes(received)}`,
        )
      else if (announced !== file) err(`Downloading ${dataset}/${file}\n`)
      announced = file
    },
    onCacheError: (error) => err(`The download could not be kept: ${(error as Error).message}\n`),
  })
  return commandRegistry(plugins, datasetPlugin)
}

/** Trains a run before the eyes of the user; gives the exit code. Results go to stdout, all else to stderr. */
export async function observe(plan: RunPlan, options: ObserveOptions): Promise<number> {
  const { terminal, json, verbose, description, resumeFrom } = options
  const { err, out } = terminal
  const progress = createProgress(terminal)
  const signal = terminal.interruptible()
  signal.addEventListener('abort', () => err('\nStopping after this step; Ctrl-C again ends at once.\n'))
  let result: RunResult | undefined
  let announced = ''
  try {
    result = await trainRun(plan, {
      registry: cliRegistry(terminal),
      signal,
      resumeFrom,
      description,
      observer: {
        onData: (provenance, standIn) => {
          progress.end()
          err(`Data: ${provenance}.\n${standIn ? aboutFull(standIn, verbose) : ''}`)
        },
        onBackend: ({ id, device, why, missing }) => {
          const line = `Backend: ${id} on ${device} (${why}).\n${missing ? `The fast engine is missing. ${missing}\n` : ''}`
          if (line !== announced) err(line)
          announced = line
        },
        onTraining: (name) => err(`${name.charAt(0).toUpperCase()}${name.slice(1)}:\n`),
        onEvent: progress.onEvent,
        onReport: () => {
          progress.end()
          err('Saving the model and drawing the report…\n')
        },
      },
    })
  } catch (error) {
    progress.end()
    throw error
  }
  if (!result) {
    progress.end()
    err('Stopped before the model itself was trained; nothing was kept.\n')
    return 130
  }
  const folder = relative('', result.paths.run) || '.'
  if (json) out(`${JSON.stringify(result, null, 2)}\n`)
  else out(summaryOf(result))
  if (result.stopped === 'aborted') {
    err(`Stopped. To go on: sandglass resume ${folder}\n`)
    return 130
  }
  return 0
}

/** How to get the data that the run does without; where they were looked for only when asked. */
function aboutFull({ advice, reason }: StandIn, verbose = false): string {
  const full = `The full set: ${advice} Then name their folder with --data-dir.`
  return verbose
    ? `${full}\nLooked for in vain, with ${reason}\n`
    : `${full} (--verbose: where it was looked for)\n`
}

function summaryOf(result: RunResult): string {
  const { history, monitor, backend, stepsPerSecond, paths, meanActivation, activity = [] } = result
  const last = history.at(-1) ?? {}
  const held = Object.keys(last).some((name) => name.startsWith('val_'))
  const shown = Object.entries(last).filter(
    ([name]) =>
      !/^epoch$|earningRate$/.test(name) && (!held || name.startsWith('val_')) && !repeatsLoss(name, last),
  )
  const values = shown.map(([name, value]) => `${name} ${showValue(value)}`)
  if (monitor && monitor.best.value !== monitor.last)
    values.push(`best ${monitor.name} ${showValue(monitor.best.value)} (epoch ${monitor.best.epoch})`)
  if (meanActivation !== undefined) values.push(`mean activation ${showValue(meanActivation)}`)
  for (const { layer, dead, units } of activity)
    values.push(`dead units ${dead.length} of ${units} in ${layer}`)
  return `${[
    values.join(', ') || 'no epoch was finished',
    `${stepsPerSecond.toFixed(0)} steps/s on ${backend.id} (${backend.device})`,
    `Model:  ${paths.model}`,
    `Report: ${paths.report}`,
  ].join('\n')}\n`
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
