import type { EpochEvent } from '@sandglass/trainer'
import { showValue } from '../report/curves'
import { repeatsLoss } from '../report/history'

/** What every terminal has. */
const WIDTH = 80

type Epoch = Pick<EpochEvent, 'epoch' | 'entry' | 'seconds' | 'stepsPerSecond'>

/**
 * `Epoch 2/10  loss 0.3120  val_loss 0.3098  (6.1 s, 281 steps/s)`, in `width` characters at most. Where there are too
 * many figures, those that matter least are left out and a `…` stands for them: first parts of the training loss and
 * metrics, then those of validation, then the losses; the figure `monitor` that decides about the run comes before
 * all. The history has them all.
 */
export function epochLine(
  { epoch, entry, seconds, stepsPerSecond }: Epoch,
  { epochs, monitor, width = WIDTH }: { epochs: number; monitor?: string; width?: number },
): string {
  const head = `Epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`
  const tail = `(${seconds.toFixed(1)} s, ${stepsPerSecond.toFixed(0)} steps/s)`
  const names = Object.keys(entry).filter((name) => worthShowing(name, entry))
  const texts = new Map(names.map((name) => [name, `${name} ${showValue(entry[name]!)}`]))
  const lineOf = (shown: ReadonlySet<string>) => {
    const figures = names.filter((name) => shown.has(name)).map((name) => texts.get(name)!)
    return [head, ...figures, ...(figures.length < names.length ? ['…'] : []), tail].join('  ')
  }
  const all = lineOf(new Set(names))
  if (all.length <= width) return all
  const shown = new Set<string>()
  for (const name of [...names].sort((a, b) => weightOf(a, monitor) - weightOf(b, monitor)))
    if (lineOf(new Set([...shown, name])).length <= width) shown.add(name)
  const line = lineOf(shown)
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`
}

/** Not the epoch, which stands at the beginning, nor rates, nor a part that is the whole loss. */
function worthShowing(name: string, entry: EpochEvent['entry']): boolean {
  return !/^(val_)?epoch$|earningRate$/.test(name) && !repeatsLoss(name, entry)
}

/** Less is more important. */
function weightOf(name: string, monitor: string | undefined): number {
  if (name === monitor) return 0
  const loss = /(^|_)loss$/.test(name)
  if (name.startsWith('val_')) return loss ? 1 : 3
  return loss ? 2 : 4
}
