import { createStreams, type Initializer, showShape, sizeOf } from '@sandglass/core'
import type { InitializerCase } from './cases'
import { type Checker, demand } from './checker'

/** As many finite float32 numbers as the shape holds, the same for the same stream. */
export function checkInitializer(
  { check }: Checker,
  build: () => Initializer,
  options: InitializerCase,
): void {
  const { shapes = [[3, 4], [5], [3, 3, 2, 4]] } = options
  for (const shape of shapes) {
    const values = build()(shape, createStreams(5).at('weight'))
    check('shapes', () => {
      demand(values instanceof Float32Array, 'it returns no Float32Array')
      demand(values.length === sizeOf(shape), `${values.length} numbers for the shape ${showShape(shape)}`)
    })
    check('finite', () =>
      demand(values.every(Number.isFinite), `not all values are finite for ${showShape(shape)}`),
    )
    check('determinism', () => {
      const again = build()(shape, createStreams(5).at('weight'))
      demand(again !== values, 'it returns the same array twice')
      demand(
        values.every((v, i) => Object.is(v, again[i])),
        'two calls with the same stream gave different bits',
      )
    })
  }
}
