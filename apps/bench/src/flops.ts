import type { Product, Workload } from './workload'

/** x · kernel: n·m multiply-adds for each of `rows` rows of a sample. */
export function denseProduct(n: number, m: number, rows = 1): Product {
  return { layer: `dense ${n}→${m}`, multiplyAdds: rows * n * m }
}

/** outH · outW · k² · in · out multiply-adds. */
export function convolutionProduct(side: number, kernel: number, input: number, output: number): Product {
  return {
    layer: `conv ${input}→${output}, ${side}×${side} out`,
    multiplyAdds: side ** 2 * kernel ** 2 * input * output,
  }
}

/** inH · inW · k² · in · out multiply-adds: each input element reaches k² outputs. */
export function transposedProduct(side: number, kernel: number, input: number, output: number): Product {
  return {
    layer: `transposed conv ${input}→${output}, ${side}×${side} in`,
    multiplyAdds: side ** 2 * kernel ** 2 * input * output,
  }
}

/** steps · 4u · (in + u) multiply-adds: four gates of the input and the state. */
export function lstmProducts(steps: number, input: number, units: number): Product[] {
  return [
    { layer: `lstm ${units}, input`, multiplyAdds: steps * 4 * units * input },
    { layer: `lstm ${units}, state`, multiplyAdds: steps * 4 * units * units },
  ]
}

/** How `flopsOf` counts, for reports. */
export const FLOPS_FORMULA =
  'FLOPs of a step = 2 · batch · (3 · Σ multiply-adds of the forward pass − those of the first product): forward, ' +
  'gradient in the weights and gradient in the input cost the same, and the first product needs no gradient in its input. ' +
  'Elementwise work, losses and the update are not counted.'

/** Floating-point operations of one training step, by `FLOPS_FORMULA`. */
export function flopsOf({ products }: Workload, batch: number): number {
  const forward = products.reduce((sum, product) => sum + product.multiplyAdds, 0)
  return 2 * batch * (3 * forward - products[0]!.multiplyAdds)
}
