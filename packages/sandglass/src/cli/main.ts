import { isSandglassError, meaningOf, SandglassError } from '@sandglass/core'
import { version } from '../../package.json'
import { type Command, parseCommandLine, type Terminal } from './command'
import { commandHelp, type Purpose, programHelp } from './help'
import { loadPlugins } from './plugins'

type Entry = Pick<Command, 'name' | 'summary'> & {
  purpose: Purpose
  /** What it is called elsewhere. */
  aliases?: readonly string[]
  load(): Promise<Command>
}

// Loaded when asked for, so that help comes at once.
const commands: readonly Entry[] = [
  {
    name: 'train',
    aliases: ['fit', 'learn'],
    purpose: 'train',
    summary: 'Train a preset or a model of your own and leave a report',
    load: async () => (await import('./commands/train')).train as unknown as Command,
  },
  {
    name: 'resume',
    aliases: ['continue', 'restart'],
    purpose: 'train',
    summary: 'Go on with a run that was stopped, or train it longer',
    load: async () => (await import('./commands/resume')).resume as unknown as Command,
  },
  {
    name: 'evaluate',
    aliases: ['eval', 'test', 'score'],
    purpose: 'use',
    summary: 'Measure the loss of a trained model on a dataset',
    load: async () => (await import('./commands/evaluate')).evaluate as unknown as Command,
  },
  {
    name: 'encode',
    aliases: ['transform', 'embed'],
    purpose: 'use',
    summary: 'Write the codes that a trained model gives to samples',
    load: async () => (await import('./commands/encode')).encode as unknown as Command,
  },
  {
    name: 'reconstruct',
    aliases: ['predict', 'decode'],
    purpose: 'use',
    summary: 'Write what a trained model makes of samples, as a picture or as numbers',
    load: async () => (await import('./commands/reconstruct')).reconstruct as unknown as Command,
  },
  {
    name: 'sample',
    aliases: ['generate', 'draw'],
    purpose: 'use',
    summary: 'Draw new samples from a trained model',
    load: async () => (await import('./commands/sample')).sampleCommand as unknown as Command,
  },
  {
    name: 'run',
    aliases: ['call', 'perform'],
    purpose: 'use',
    summary: 'Run any function or procedure of a trained model',
    load: async () => (await import('./commands/run')).runCommand as unknown as Command,
  },
  {
    name: 'export',
    aliases: ['convert', 'onnx'],
    purpose: 'use',
    summary: 'Write a function of a trained model as an ONNX file',
    load: async () => (await import('./commands/export')).exportCommand as unknown as Command,
  },
  {
    name: 'inspect',
    aliases: ['show', 'info', 'summary', 'describe'],
    purpose: 'look',
    summary: 'Show what is in a model file',
    load: async () => (await import('./commands/inspect')).inspect as unknown as Command,
  },
  {
    name: 'list',
    aliases: ['ls'],
    purpose: 'look',
    summary: 'List presets, layers, losses, optimizers, datasets…',
    load: async () => (await import('./commands/list')).list as unknown as Command,
  },
  {
    name: 'doctor',
    aliases: ['devices', 'backends', 'bench'],
    purpose: 'look',
    summary: 'Show which backends run here, how fast, and how to get the others',
    load: async () => (await import('./commands/doctor')).doctor as unknown as Command,
  },
  {
    name: 'setup',
    aliases: ['install'],
    purpose: 'look',
    summary: 'Set up a native backend: setup onnxruntime, setup tensorflow',
    load: async () => (await import('./commands/setup')).setup as unknown as Command,
  },
]

/** Runs the command line `args`; gives the exit code. Errors go to `terminal.err`, without a stack unless asked. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(args, terminal)
  } catch (error) {
    const known = isSandglassError(error)
    const debug = args.includes('--debug')
    const message = error instanceof Error ? error.message : String(error)
    terminal.err(`${known ? 'Error' : 'Unexpected error'}: ${message}\n`)
    if (debug) terminal.err(`${showStack(error)}\n`)
    else if (!known) terminal.err('Run again with --debug to see where it came from.\n')
    return 1
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args
  if (name === '--version' || name === '-v') {
    terminal.out(`${version}\n`)
    return 0
  }
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const asked = name === 'help' && rest[0] !== undefined ? await find(rest[0]).load() : undefined
    terminal.out(asked ? commandHelp(asked) : programHelp(commands, version))
    return 0
  }
  const command = await find(name).load()
  const { positionals, values } = parseCommandLine(command, rest)
  if (values.help) {
    terminal.out(commandHelp(command))
    return 0
  }
  const plugins = await loadPlugins((values.plugin ?? []) as readonly string[])
  return (await command.run(positionals, values as never, { ...terminal, plugins })) ?? 0
}

function find(name: string): Entry {
  const found = commands.find((command) => command.name === name)
  if (found) return found
  const meant = meaningOf(name, commands)?.names.map((each) => `"${each}"`)
  throw new SandglassError('spec', `unknown command "${name}"`, {
    expected: commands.map((command) => command.name).join(', '),
    advice: `${meant ? `Did you mean ${meant.join(' or ')}? ` : ''}\`sandglass --help\` says what they do.`,
  })
}

function showStack(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const cause = error.cause instanceof Error ? `\nCaused by: ${showStack(error.cause)}` : ''
  return `${error.stack}${cause}`
}
