import type { Exhibit, ExhibitInput, Model } from '@sandglass/core'

/** Whether the code is a sigmoid with noise added before it, which training drives to bits (semantic hashing). */
export function hashes({ layers, registry }: Model): boolean {
  const encoder = layers.filter(({ path }) => path.startsWith('encoder/'))
  const { activation } = encoder.at(-1)?.traits ?? {}
  if (!activation || registry.build('activation', activation).link !== 'sigmoid') return false
  const first = encoder.findIndex(({ weights }) => Object.keys(weights).length)
  return encoder.some(({ traits }, i) => traits.noise === 'added' && i > first && first >= 0)
}

/** How near the numbers of the codes are to bits. */
export function codeBits({ part }: ExhibitInput, codes: Float32Array, count: number): Exhibit {
  const width = codes.length / count
  const settled = codes.reduce((sum, value) => sum + (value < 0.1 || value > 0.9 ? 1 : 0), 0) / codes.length
  const ones = Array.from({ length: width }, (_, bit) => {
    let on = 0
    for (let i = bit; i < codes.length; i += width) if (codes[i]! > 0.5) on++
    return on / count
  })
  const [fewest, highest] = [Math.min(...ones), Math.max(...ones)].map(
    (share) => `${(100 * share).toFixed(0)} %`,
  )
  const constant = ones.filter((share) => share === 0 || share === 1).length
  return {
    name: 'code bits',
    caption: `The ${width} numbers of the codes of ${count.toLocaleString('en')} samples of the ${part} data: ${(100 * settled).toFixed(1)} % lie within 0.1 of 0 or 1, so that rounding to bits loses little. Bits are 1 for ${fewest} to ${highest} of the samples${constant ? `; ${constant} of them never change and tell nothing` : ''}.`,
    data: {
      type: 'histogram',
      title: 'Numbers of the codes: bits',
      values: codes,
      xLabel: 'number of a code',
      yLabel: 'how many',
    },
  }
}
