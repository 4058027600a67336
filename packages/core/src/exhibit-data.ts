// What exhibits show, as plain data.

/** In [0, 1], `[height, width, channels]`; what lies beyond is cut off. */
export interface Picture {
  readonly values: ArrayLike<number>
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
}

/** Rows of small pictures under each other, each row named, each column with its caption. */
export interface PictureGrid {
  readonly type: 'pictures'
  readonly title: string
  readonly rows: readonly { readonly name: string; readonly pictures: readonly Picture[] }[]
  readonly captions?: readonly string[]
}

/** Weights as a picture: `[height, width, channels]`. */
export interface Filter {
  /** Which unit or filter of its layer. */
  readonly unit: number
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly values: ArrayLike<number>
}

/** Pictures of weights on one scale about zero. */
export interface FilterGrid {
  readonly type: 'filters'
  readonly title: string
  readonly filters: readonly Filter[]
}

/** Points in the plane, in classes or not. */
export interface Scatter {
  readonly type: 'scatter'
  readonly title: string
  /** `[samples, 2]`, row-major. */
  readonly points: ArrayLike<number>
  readonly xLabel: string
  readonly yLabel: string
  /** Class of each point, 0 up. */
  readonly labels?: ArrayLike<number>
  /** Names of the classes. */
  readonly names?: readonly string[]
}

/** How often values occur, with their mean. */
export interface Histogram {
  readonly type: 'histogram'
  readonly title: string
  readonly values: ArrayLike<number>
  readonly xLabel: string
  readonly yLabel: string
  /** A value to mark, with its name. */
  readonly mark?: { readonly value: number; readonly name: string }
}

/** Lines over a common axis. */
export interface Curves {
  readonly type: 'curves'
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  /** Places on the x axis, ascending: epochs, steps. */
  readonly x: readonly number[]
  readonly series: readonly {
    readonly name: string
    /** One at each place; what is not finite leaves a gap. */
    readonly values: readonly number[]
    /** A band about the line. */
    readonly band?: {
      readonly name: string
      readonly low: readonly number[]
      readonly high: readonly number[]
    }
  }[]
  /** A value to mark, with its name. */
  readonly mark?: { readonly value: number; readonly name: string }
  /** A few words in the corner. */
  readonly note?: string
}

/** One sequence: for each feature a value at every step. */
export interface Sequence {
  readonly name: string
  readonly input: readonly (readonly number[])[]
  readonly output: readonly (readonly number[])[]
  /** What the model was given in place of `input`. */
  readonly damaged?: readonly (readonly number[])[]
  /** Whether each step counts. */
  readonly counted: readonly boolean[]
}

/** Sequences under each other: inputs with outputs over them. */
export interface Sequences {
  readonly type: 'sequences'
  readonly title: string
  readonly rows: readonly Sequence[]
}

/** Words and numbers in rows. */
export interface Table {
  readonly type: 'table'
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

export type ExhibitData = PictureGrid | FilterGrid | Scatter | Histogram | Curves | Sequences | Table
