import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import type { Splits } from 'sandglass'
import { loadData } from './data'

/** One published result: how to train that model, what was published, and what we make of the same architecture. */
export interface Row {
  /** That of its file. */
  readonly name: string
  /** Who published it: the book's 2nd, 3rd or 1st edition, or one of the tutorials; nobody where it is our own. */
  readonly edition: Edition
  /** Architecture and training in one line. */
  readonly settings: string
  /** Where the figures are from, in one line. */
  readonly source: string
  /** The published figures, named as `run` returns them; empty when none were published. */
  readonly published: Readonly<Record<string, number>>
  /** Trains with the published settings; returns at least the figures of `published`. */
  run(context: RunContext): Promise<Values>
  /** The same architecture and budget with our own initializer, optimizer and schedule. */
  best?(context: RunContext): Promise<Values>
  /** What `best` does otherwise, in one line. */
  readonly bestSettings?: string
  readonly data: DataName
  /** What else is to be known about the published figure, in a sentence. */
  readonly remark?: string
  /** How far a figure may be on the wrong side of the published one and still count as reached, where not as usual. */
  readonly tolerance?: Readonly<Record<string, number>>
  /** Training samples that a smoke test needs. Default 160. */
  readonly smokeSamples?: number
}

export type Edition = 'ml2' | 'ml3' | 'excelsior' | 'ml1' | 'solaris' | 'own'
/** `synthetic`: the plane in space that the edition prints. */
export type DataName = 'fashion-mnist' | 'mnist' | 'cifar10' | 'synthetic'
export type Variant = 'published' | 'best'
export type Values = Record<string, number>

export interface RunContext {
  readonly data: Splits
  readonly seed: number
  readonly backend: string
  log(line: string): void
  /** The number of epochs to train: what was published, or 1 in a smoke test. */
  epochs(published: number): number
}

export interface RunOptions {
  readonly variant?: Variant
  readonly seed?: number
  readonly backend?: string
  /** One epoch on a few samples of the excerpt, to see that the script works. */
  readonly smoke?: boolean
  readonly log?: (line: string) => void
}

/** Runs one variant of a row. Throws when the row has no such variant or does not return what it should. */
export async function runRow(
  row: Row,
  {
    variant = 'published',
    seed = 42,
    backend = 'onnxruntime',
    smoke = false,
    log = console.error,
  }: RunOptions = {},
): Promise<Values> {
  const train = variant === 'best' ? row.best : row.run
  if (!train) throw new Error(`${row.name} has no variant "${variant}"`)
  const values = await train({
    data: await loadData(row, smoke),
    seed,
    backend,
    log,
    epochs: (published) => (smoke ? 1 : published),
  })
  for (const name of Object.keys(row.published))
    if (!Number.isFinite(values[name])) throw new Error(`${row.name} gave no ${name}: ${values[name]}`)
  return values
}

/** Declares a row. When its file is the program that was started, runs it and prints its figures beside the published. */
export function headline(row: Row): Row {
  if (basename(process.argv[1] ?? '', '.ts') === row.name)
    main(row).catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error)
      process.exitCode = 1
    })
  return row
}

async function main(row: Row): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      variant: { type: 'string', default: 'published' },
      seed: { type: 'string', default: '42' },
      backend: { type: 'string' },
      smoke: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  })
  const values = await runRow(row, {
    ...options,
    variant: options.variant as Variant,
    seed: Number(options.seed),
  })
  if (options.json) console.log(JSON.stringify(values))
  else
    console.table(
      Object.fromEntries(
        Object.entries(values).map(([name, ours]) => [
          name,
          { ours: Number(ours.toPrecision(5)), published: row.published[name] ?? '' },
        ]),
      ),
    )
}
