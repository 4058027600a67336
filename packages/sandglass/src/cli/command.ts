import { parseArgs } from 'node:util'
import { meaningOf, type Plugin, SandglassError } from '@sandglass/core'
import { calledElsewhere } from './called-elsewhere'

/** One option of a command: `--name VALUE`, or a switch when it has no `value`. */
export interface Option {
  readonly description: string
  /** What stands for its value in help; absent for switches. */
  readonly value?: string
  readonly short?: string
  /** May be given several times; its values come as a list. */
  readonly repeats?: true
  /** Left out of help. */
  readonly hidden?: boolean
}

/** Values of a command's options: text for those that take one (or a list), true for switches that are set. */
export type Values<Options extends Record<string, Option>> = {
  readonly [Name in keyof Options]?: Options[Name] extends { repeats: true }
    ? readonly string[]
    : Options[Name] extends { value: string }
      ? string
      : boolean
}

/** Where a command writes and what it may ask of its process. */
export interface Terminal {
  /** Results. */
  out(text: string): void
  /** All else. */
  err(text: string): void
  /** Width of the terminal that `err` goes to; undefined when it is none. */
  readonly columns?: number
  /** Starts this program again: command and first arguments. */
  readonly self: readonly string[]
  /** Beside those of Sandglass. */
  readonly plugins: readonly Plugin[]
  /** From now on Ctrl-C asks to stop instead of ending the process; a second one ends it. */
  interruptible(): AbortSignal
}

export interface Command<Options extends Record<string, Option> = Record<string, Option>> {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What the command line looks like after the name: `<preset | spec.json> [options]`. */
  readonly usage: string
  /** More about it, for its own help. */
  readonly details?: string
  readonly examples?: readonly string[]
  /** Fewest and most arguments that are no options. */
  readonly positionals: readonly [number, number]
  readonly options: Options
  run(
    arguments_: readonly string[],
    values: Values<Options> & Values<typeof commonOptions>,
    terminal: Terminal,
  ): Promise<number | undefined>
}

/** Options that every command has. */
export const commonOptions = {
  plugin: {
    value: 'MODULE',
    description: 'Use a plugin: an installed package, or a file (./plugin.js); may be given again',
    repeats: true,
  },
  help: { description: 'Show this help', short: 'h' },
  debug: { description: 'Show where an error came from (stack trace)' },
} as const satisfies Record<string, Option>

/** Keeps the types of a command's options. */
export function defineCommand<const Options extends Record<string, Option>>(
  command: Command<Options>,
): Command<Options> {
  return command
}

type OptionValue = string | boolean | readonly string[]

export interface Parsed {
  readonly positionals: readonly string[]
  readonly values: Readonly<Record<string, OptionValue | undefined>>
}

/**
 * Arguments of a command. Throws `SandglassError` (`spec`) on options that it does not know, with the nearest that it
 * does, on missing values, and on too many or too few arguments.
 */
export function parseCommandLine(command: Command<never> | Command, args: readonly string[]): Parsed {
  const options: Record<string, Option> = { ...commonOptions, ...command.options }
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value, short }]) => [
        name,
        { type: value ? ('string' as const) : ('boolean' as const), ...(short && { short }) },
      ]),
    ),
  })
  const values: Record<string, OptionValue | undefined> = {}
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined
    if (!option) throw unknownOption(command.name, written(args[token.index]!), options)
    // `--epochs --json` would take the next option for a value.
    const missing =
      option.value && (token.value === undefined || (!token.inlineValue && /^--?[a-z]/i.test(token.value)))
    if (missing)
      throw new SandglassError('spec', `the option ${token.rawName} needs a value`, {
        expected: `${token.rawName} ${option.value}`,
      })
    if (!option.value && token.value !== undefined)
      throw new SandglassError('spec', `the option ${token.rawName} takes no value`, { got: token.value })
    const value = option.value ? token.value! : true
    const before = (values[token.name] ?? []) as readonly string[]
    values[token.name] = option.repeats ? [...before, value as string] : value
  }
  if (!values.help) checkCount(command, positionals)
  return { positionals, values }
}

/** An option as it was written: `-lr` is one, and not `-l` and `-r`. */
function written(argument: string): string {
  return argument.replace(/=.*/s, '')
}

function unknownOption(
  command: string,
  name: string,
  known: Readonly<Record<string, Option>>,
): SandglassError {
  const candidates = Object.entries(known)
    .filter(([, { hidden }]) => !hidden)
    .map(([option]) => ({ name: option, aliases: calledElsewhere[option] }))
  const meant = meaningOf(name.replace(/^-+/, ''), candidates)?.names.map((option) => `--${option}`)
  return new SandglassError('spec', `unknown option "${name}"`, {
    advice: `${meant ? `Did you mean ${meant.join(' or ')}? ` : ''}\`sandglass ${command} --help\` lists them.`,
  })
}

function checkCount(
  { name, usage, positionals: [least, most] }: Command<never> | Command,
  found: readonly string[],
): void {
  if (found.length >= least && found.length <= most) return
  throw new SandglassError(
    'spec',
    `\`sandglass ${name}\` was given ${found.length < least ? 'too little' : 'too much'}`,
    {
      got: found.length ? found.join(' ') : 'nothing',
      expected: `sandglass ${name} ${usage}`,
    },
  )
}

/** A whole number from an option. Throws `SandglassError` (`spec`). */
export function wholeNumber(name: string, value: string, least = Number.MIN_SAFE_INTEGER): number {
  const number = Number(value)
  if (value.trim() !== '' && Number.isSafeInteger(number) && number >= least) return number
  throw new SandglassError('spec', `--${name} is not usable`, {
    got: value,
    expected: least > Number.MIN_SAFE_INTEGER ? `a whole number from ${least} up` : 'a whole number',
  })
}

/** A number from an option. Throws `SandglassError` (`spec`). */
export function positiveNumber(name: string, value: string): number {
  const number = Number(value)
  if (value.trim() !== '' && Number.isFinite(number) && number > 0) return number
  throw new SandglassError('spec', `--${name} is not usable`, { got: value, expected: 'a number above 0' })
}
