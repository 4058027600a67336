import type { Settings } from './settings'

/** The command line that trains the model of `spec.json` with these settings on this backend. */
export function commandAgain(settings: Settings, backend: string): string {
  const { dataset, optimizer, controls = {}, turns, monitor, start, metrics, callbacks = [] } = settings
  const { epochs, batchSize, samples, warmStart, seed } = settings
  const options: readonly (readonly [name: string, value: unknown])[] = [
    ['dataset', dataset],
    ['optimizer', optimizer],
    ...Object.entries(controls).map(
      ([name, value]) =>
        ['control', `${name}=${typeof value === 'number' ? value : JSON.stringify(value)}`] as const,
    ),
    ['turns', turns],
    ['monitor', monitor],
    ['start', start === false ? 'none' : start],
    ...metrics.map((metric) => ['metric', metric] as const),
    ...callbacks.map((callback) => ['callback', callback] as const),
    ['epochs', epochs],
    ['batch-size', batchSize],
    ['samples', samples],
    ['warm-start', warmStart],
    ['seed', seed],
    ['backend', backend],
  ]
  return [
    'sandglass train spec.json',
    ...options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${quoted(value)}`])),
  ].join(' ')
}

/** As a POSIX shell takes it. */
function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^[\w.,/+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
