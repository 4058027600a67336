import { nearest } from './nearest'

/**
 * How a definition is called elsewhere: in Keras, PyTorch, scikit-learn. Only errors read it, to name what is meant:
 * specs have one name for each thing, so that equal specs are equal text. Spelling alone (`hard_sigmoid`,
 * `nn.Sigmoid`) need not be listed.
 */
export interface Aliases<Option extends string = string> {
  /** Of the type: `['mse', 'MSELoss']`. */
  readonly type?: readonly string[]
  /** Of its options, under their names here: `{ learningRate: ['lr'] }`. */
  readonly options?: { readonly [Name in Option]?: readonly string[] }
  /** Options that it has elsewhere and not here, each with what to do instead. */
  readonly absent?: Readonly<Record<string, string>>
}

/** What an unknown name may mean. */
export interface Meaning {
  /** Usually one; several where the other name is used for several things. */
  readonly names: readonly string[]
  /** Whether one of these is called so elsewhere; otherwise it is only spelt alike. */
  readonly alias: boolean
}

/** Longest word that is compared, since words come from untrusted files. */
const LONGEST = 64

/** What of the candidates `word` means: by spelling apart from case and separators, by alias, else the nearest. */
export function meaningOf(
  word: string,
  candidates: readonly { readonly name: string; readonly aliases?: readonly string[] }[],
): Meaning | undefined {
  if (word.length > LONGEST) return undefined
  const wanted = bare(word)
  const spelt = candidates.find(({ name }) => bare(name) === wanted)
  if (spelt) return { names: [spelt.name], alias: false }
  const called = candidates.filter(({ aliases = [] }) => aliases.some((alias) => bare(alias) === wanted))
  if (called.length) return { names: called.map(({ name }) => name), alias: true }
  const close = nearest(
    word,
    candidates.map(({ name }) => name),
  )
  return close === undefined ? undefined : { names: [close], alias: false }
}

/** `nn.Hard_Sigmoid` → `hardsigmoid`. */
export function bare(word: string): string {
  return word
    .slice(word.lastIndexOf('.') + 1)
    .replaceAll(/[_\s-]/g, '')
    .toLowerCase()
}

/** `Did you mean "dense"?`, `Sandglass calls it "silu".` or, for several, `Sandglass calls it "a", "b" or "c".` */
export function showMeaning({ names, alias }: Meaning): string {
  const quoted = names.map((name) => `"${name}"`)
  const last = quoted.at(-1)!
  const all = quoted.length > 1 ? `${quoted.slice(0, -1).join(', ')} or ${last}` : last
  return alias ? `Sandglass calls it ${all}.` : `Did you mean ${all}?`
}
