import type { FitEvent, StartEvent, StepEvent } from '@sandglass/trainer'
import { showValue } from '../report/curves'
import type { Terminal } from './command'
import { epochLine } from './epoch-line'

/** Milliseconds between two drawings of the bar. */
const INTERVAL = 100

export interface Progress {
  onEvent(event: FitEvent): void
  /** Ends the bar's line, if there is one. */
  end(): void
}

/**
 * Shows a run: on a terminal a bar with the time left and a line of every finished epoch, elsewhere the lines alone.
 * `now` gives milliseconds.
 */
export function createProgress(
  { err, columns }: Pick<Terminal, 'err' | 'columns'>,
  now = () => performance.now(),
): Progress {
  let start: StartEvent | undefined
  let began = now()
  let first: number | undefined
  let batches: number | undefined
  let lastBatch = 0
  let drawn = Number.NEGATIVE_INFINITY
  let judged: { readonly epoch: number; readonly text: string } | undefined
  const clear = columns === undefined ? '' : '\r\u001b[K'

  function draw(event: StepEvent): void {
    const time = now()
    const text = judgedFigure(event, start?.monitor.name)
    if (text) judged = { epoch: event.epoch, text }
    const done = (event.epoch - 1) * (batches ?? 0) + event.batch
    first ??= done - 1
    if (columns === undefined || !start || time - drawn < INTERVAL) return
    drawn = time
    const seconds = (time - began) / 1000
    // A stream says how many batches it has when the first epoch is over.
    const total = batches === undefined ? undefined : start.epochs * batches
    const rate = (done - first) / seconds
    const left = rate > 0 && total !== undefined ? (total - done) / rate : Number.POSITIVE_INFINITY
    const head = `Epoch ${event.epoch}/${start.epochs} `
    const of = batches === undefined ? '' : `/${batches}`
    const shown =
      judged?.epoch === event.epoch ? judged.text : `loss ${showValue(event.scalars.loss ?? Number.NaN)}`
    const tail = ` ${event.batch}${of}  ${shown}  ${rate.toFixed(0)} steps/s  ETA ${showTime(left)}`
    const width = Math.min(30, columns - head.length - tail.length - 1)
    const line = head + (total === undefined ? '' : bar(done / total, width)) + tail
    err(clear + line.slice(0, columns - 1))
  }

  return {
    onEvent: (event) => {
      if (event.type === 'start') {
        start = event
        batches = event.batches
        began = now()
        first = undefined
        err(showStart(event))
      } else if (event.type === 'step') {
        lastBatch = event.batch
        draw(event)
      } else if (event.type === 'epoch') {
        batches ??= lastBatch
        const { epochs = event.epoch, monitor } = start ?? {}
        const width = Math.min(80, columns ?? 80)
        err(`${clear}${epochLine(event, { epochs, monitor: monitor?.name, width })}\n`)
      }
    },
    end: () => {
      if (clear) err(clear)
    },
  }
}

function showStart({ samples, validationSamples, epochs, batches, resumedAt }: StartEvent): string {
  const held = validationSamples ? `, validating on ${validationSamples.toLocaleString('en')}` : ''
  const going = resumedAt ? `, going on after step ${resumedAt.toLocaleString('en')}` : ''
  const trained = samples === undefined ? 'a stream' : `${samples.toLocaleString('en')} samples`
  const each = batches === undefined ? '' : ` of ${batches.toLocaleString('en')} steps`
  return `Training on ${trained}${held}: ${epochs} epochs${each}${going}.\n`
}

/** The figure that a run is judged by, of this batch; undefined if this step does not report it. */
function judgedFigure({ objective, scalars }: StepEvent, monitor: string | undefined): string | undefined {
  const name = monitor?.replace(/^val_/, '')
  const found = Object.keys(scalars).find((each) => name === each || name === `${objective}_${each}`)
  return found && `${name} ${showValue(scalars[found]!)}`
}

/** `━━━━╌╌╌╌` */
export function bar(share: number, width: number): string {
  if (width < 4) return ''
  const full = Math.round(Math.min(1, Math.max(0, share)) * width)
  return '━'.repeat(full) + '╌'.repeat(width - full)
}

/** `0:07`, `12:03`, `1:02:03`. */
export function showTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  const whole = Math.max(0, Math.round(seconds))
  const pad = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor(whole / 60) % 60
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`
}
