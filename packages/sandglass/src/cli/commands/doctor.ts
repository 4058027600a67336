import { defineCommand } from '../command'
import { examine, examineHere, type Finding } from '../examine'
import { table } from '../help-table'

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Show which backends run here, how fast, and how to get the others',
  usage: '[options]',
  details: `Each backend is tried in a process of its own: what it runs on, and how many training steps of the textbook's sparse
autoencoder (batches of 32) it does in a second.`,
  examples: ['sandglass doctor', 'sandglass doctor --json'],
  positionals: [0, 0],
  options: {
    seconds: { value: 'X', description: 'How long to measure each backend (default: 2)' },
    json: {
      description: 'Write one JSON document: id, available, device, stepsPerSecond, reason, advice of each',
    },
    backend: { value: 'NAME', description: 'Only this one' },
    workload: { value: 'NAME', description: 'Measure this workload of a plugin instead' },
    here: { description: 'Try the backend in this very process', hidden: true },
  },
  run: async (_, values, terminal) => {
    const seconds = values.seconds === undefined ? 2 : Number(values.seconds)
    if (values.here && values.backend) {
      terminal.out(
        `${JSON.stringify(await examineHere(values.backend, { seconds, plugins: terminal.plugins, workload: values.workload }))}\n`,
      )
      return 0
    }
    const findings = await examine({
      self: terminal.self,
      plugins: terminal.plugins,
      pluginNames: values.plugin,
      seconds,
      only: values.backend,
      workload: values.workload,
      onStart: (id) => terminal.err(terminal.columns === undefined ? '' : `\r\u001b[KTrying ${id}…`),
    })
    if (terminal.columns !== undefined) terminal.err('\r\u001b[K')
    terminal.out(
      values.json
        ? `${JSON.stringify({ node: process.version, backends: findings }, null, 2)}\n`
        : showFindings(findings, values.workload),
    )
    return 0
  },
})

/** A table of the backends that run, fastest first, and what to do about the others. */
export function showFindings(findings: readonly Finding[], workload?: string): string {
  const running = findings
    .filter((finding) => finding.available)
    .sort((a, b) => (b.stepsPerSecond ?? 0) - (a.stepsPerSecond ?? 0))
  const absent = findings.filter((finding) => !finding.available)
  const rows = running.map(({ id, stepsPerSecond, device, reason }) => [
    id,
    stepsPerSecond === undefined ? '–' : stepsPerSecond.toFixed(stepsPerSecond < 10 ? 1 : 0),
    reason ? `${device} (${reason})` : (device ?? ''),
  ])
  const parts = [`Available\n${table([['backend', 'steps/s', 'runs on'], ...rows])}`]
  for (const { reason, without, advice } of absent)
    if (without) parts.push(`The fast engine is missing. ${reason}: ${without}. ${advice}`)
  if (absent.length)
    parts.push(
      `Not available\n${absent.map(({ id, reason, advice }) => `  ${id}: ${brief(reason ?? '')}${advice ? `\n    ${advice}` : ''}`).join('\n')}`,
    )
  const what = workload
    ? `the workload ${workload}`
    : 'the sparse autoencoder 784-100-300-100-784, batches of 32'
  return `${parts.join('\n\n')}\n\nSteps per second: training ${what}.\n`
}

/** Native libraries explain themselves at length; `--json` has it all. */
function brief(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text
}
