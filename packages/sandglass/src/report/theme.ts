/** Colours of a figure: values for pictures, CSS variables for pages that follow the reader's light or dark mode. */
export interface Theme {
  readonly paper: string
  readonly ink: string
  readonly muted: string
  readonly grid: string
  readonly train: string
  readonly validation: string
  readonly accent: string
  /** Of the class `index`; repeats after ten. */
  classColour(index: number): string
}

// Classes: Paul Tol's "muted" scheme, safe for the colour-blind, with a grey as the tenth; lightened for dark paper.
const light = {
  paper: '#ffffff',
  ink: '#1c2127',
  muted: '#626a73',
  grid: '#e4e6e9',
  train: '#8a94a3',
  validation: '#0b6bb8',
  accent: '#c2410c',
  classes: [
    '#332288',
    '#cc6677',
    '#117733',
    '#88ccee',
    '#882255',
    '#ddaa33',
    '#44aa99',
    '#aa4499',
    '#999933',
    '#777777',
  ],
}

const dark: typeof light = {
  paper: '#15181c',
  ink: '#e6e8eb',
  muted: '#9aa3ad',
  grid: '#2b3138',
  train: '#828c99',
  validation: '#5ab0f2',
  accent: '#fb923c',
  classes: [
    '#8f83e6',
    '#e2818f',
    '#3fae5f',
    '#88ccee',
    '#d0608f',
    '#e6bb52',
    '#4fc4b1',
    '#d272c4',
    '#b9b948',
    '#a8a8a8',
  ],
}

/** For pictures: light, on white paper. */
export const pictureTheme: Theme = {
  ...light,
  classColour: (index) => light.classes[index % light.classes.length]!,
}

const names = ['paper', 'ink', 'muted', 'grid', 'train', 'validation', 'accent'] as const

/** For pages that carry `themeStyles`. */
export const pageTheme: Theme = {
  ...(Object.fromEntries(names.map((name) => [name, `var(--${name})`])) as Record<
    (typeof names)[number],
    string
  >),
  classColour: (index) => `var(--class-${index % light.classes.length})`,
}

function variables(colours: typeof light): string {
  return [
    ...names.map((name) => `--${name}:${colours[name]}`),
    ...colours.classes.map((colour, i) => `--class-${i}:${colour}`),
  ].join(';')
}

/** The variables of `pageTheme`, in both modes. */
export const themeStyles = `:root{color-scheme:light dark;${variables(light)}}
@media (prefers-color-scheme:dark){:root{${variables(dark)}}}`
