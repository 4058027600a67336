import { parseArgs } from 'node:util'
import { z } from 'zod'
import { measureColdStart } from './commands/cold'
import { measureCompilation } from './commands/compile'
import { measureSteps } from './commands/step'
import { reportSchema } from './report/schema'
import { publish } from './report/write'

const HELP = `Usage: npm run bench -- <command> [options]

  step      a training step of every workload, ours and all peers in turns
  cold      from process start to the end of one epoch of the sparse model
  compile   tracing and session creation, each in a fresh process
  schema    prints the JSON Schema of the reports

  --rounds <n>        turns of each engine (7; cold 3, compile 5)
  --workload <name>   sparse, sparse-32, …; may be given again
  --peer <name>       only engines whose name contains this; may be given again
  --seconds <s>       length of a turn (0.5)
  --settle <ms>       pause between turns (250)
  --json <file>       write the report as JSON
  --markdown <file>   write the report as Markdown

Python peers: tools/peers/setup.sh, or SANDGLASS_PEERS=<venv>.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    workload: { type: 'string', multiple: true },
    peer: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '0.5' },
    settle: { type: 'string', default: '250' },
    json: { type: 'string' },
    markdown: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})

const log = (line: string) => process.stderr.write(`${line}\n`)
const count = (text: string | undefined, otherwise: number) => {
  const n = text === undefined ? otherwise : Number(text)
  if (!Number.isInteger(n) || n < 1) throw new Error(`--rounds takes a positive integer, not ${text}`)
  return n
}
const amount = (name: string, text: string) => {
  const n = Number(text)
  if (!(n >= 0)) throw new Error(`--${name} takes a number, not ${text}`)
  return n
}

async function main(command: string | undefined): Promise<void> {
  const { rounds, workload: workloads, peer: peers, json, markdown } = values
  if (command === 'step') {
    const { report, disagreed } = await measureSteps({
      rounds: count(rounds, 7),
      seconds: amount('seconds', values.seconds),
      settleMs: amount('settle', values.settle),
      workloads,
      peers,
      log,
    })
    publish(report, { json, markdown })
    if (disagreed) throw new Error('losses disagree: see what was not measured')
  } else if (command === 'cold')
    publish(await measureColdStart({ rounds: count(rounds, 3), log }), { json, markdown })
  else if (command === 'compile')
    publish(await measureCompilation({ rounds: count(rounds, 5), workloads, log }), { json, markdown })
  else if (command === 'schema')
    process.stdout.write(`${JSON.stringify(z.toJSONSchema(reportSchema), null, 2)}\n`)
  else process.stdout.write(HELP)
}

if (values.help) process.stdout.write(HELP)
else
  main(positionals[0]).catch((error: unknown) => {
    log(`bench: ${(error as Error).message}`)
    process.exitCode = 1
  })
