import type { Stream, Streams } from './streams'

/** The random numbers of one call: the stream of this name, of which one sample takes `width` numbers. */
export type Draws = (stream: string, width: number) => Stream

export interface Place {
  /** Put before the name of every stream. */
  readonly prefix?: string
  readonly step: number
  /**
   * Place of the first sample among all that are drawn at this step, default 0: calls for 4 samples with `first` 0 and
   * 4 draw what one call for 8 would.
   */
  readonly first?: number
}

/** Draws of one place in a training, an evaluation or a run. */
export function drawsAt(streams: Streams, { prefix = '', step, first = 0 }: Place): Draws {
  return (stream, width) => streams.at(prefix + stream, step, first * width)
}
