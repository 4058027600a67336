import { sparseKl } from '../presets/index'
import { type Command, commonOptions, type Option } from './command'
import { wrappedTable } from './help-table'

/** What a command is for. */
export type Purpose = 'train' | 'use' | 'look'

const headings: Readonly<Record<Purpose, string>> = {
  train: 'Train a model',
  use: 'Use a trained model',
  look: 'Look around',
}

/** Help of the whole program. */
export function programHelp(
  commands: readonly (Pick<Command, 'name' | 'summary'> & { purpose: Purpose })[],
  version: string,
): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const groups = Object.entries(headings).map(([purpose, heading]) => {
    const rows = commands
      .filter((command) => command.purpose === purpose)
      .map(({ name, summary }): [string, string] => [name.padEnd(width), summary])
    return `${heading}:\n${wrappedTable(rows)}`
  })
  return `Sandglass ${version}: autoencoders for TypeScript.

An autoencoder squeezes data through a small code and learns to restore it. Training one leaves a folder with the
model, its history and a report with pictures (report.html), which any browser shows.

Usage: sandglass <command> [options]

Begin with:
  sandglass train ${sparseKl.name}          train the textbook's sparse autoencoder and leave a report
  sandglass list preset              what else can be trained by name, by family
  sandglass doctor                   what this machine can train on, and how fast
  sandglass <command> --help         more about a command, with examples

${groups.join('\n\n')}

Errors say what is wrong and what to do, and end with exit code 1.
`
}

/** Help of one command. */
export function commandHelp({
  name,
  summary,
  usage,
  details,
  examples,
  options,
}: Command<never> | Command): string {
  const all = Object.entries<Option>({ ...options, ...commonOptions }).filter(([, { hidden }]) => !hidden)
  return [
    `${summary}.`,
    `Usage: sandglass ${name} ${usage}`,
    details,
    `Options:\n${wrappedTable(all.map(([option, { description, value, short }]): [string, string] => [`${short ? `-${short}, ` : ''}--${option}${value ? ` ${value}` : ''}`, description]))}`,
    examples?.length ? `Examples:\n${examples.map((example) => `  ${example}`).join('\n')}` : undefined,
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n')
}
