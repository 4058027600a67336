import { presets } from '../presets/index'
import { type Command, commonOptions, type Option } from './command'

/** Help of the whole program. */
export function programHelp(commands: readonly Pick<Command, 'name' | 'summary'>[], version: string): string {
  return `Sandglass ${version}: autoencoders for TypeScript.

Usage: sandglass <command> [options]

Commands:
${table(commands.map(({ name, summary }) => [name, summary]))}

Begin with:
  sandglass train ${presets[0]!.name}         train the textbook's sparse autoencoder and leave a report
  sandglass doctor                  see what this machine can train on, and how fast
  sandglass <command> --help        more about a command
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
    `Options:\n${table(all.map(([option, { description, value, short }]) => [`${short ? `-${short}, ` : ''}--${option}${value ? ` ${value}` : ''}`, description]))}`,
    examples?.length ? `Examples:\n${examples.map((example) => `  ${example}`).join('\n')}` : undefined,
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n')
}

/** Two columns, the first as wide as it needs. */
export function table(rows: readonly (readonly string[])[], indent = '  '): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(
      (row) =>
        indent + row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n')
}
