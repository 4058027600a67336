import {
  activation,
  autoencoder,
  averagePooling2d,
  batchNormalization,
  conv2d,
  conv2dTranspose,
  dense,
  dropout,
  flatten,
  type LayerSpec,
  lstm,
  maxPooling2d,
  repeatVector,
  reshape,
  timeDistributed,
  upSampling2d,
} from '@sandglass/core'
import { expectError } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { registry } from '../testing/fixture'
import { cutStages, type StageSize } from './cut'

type Layers = readonly LayerSpec[]

function cut(input: readonly number[], encoder: Layers, decoder: Layers, sizes?: readonly StageSize[]) {
  const model = registry.build('model', autoencoder({ encoder: [...encoder], decoder: [...decoder] }), {
    registry,
    fields: { input },
  })
  return cutStages(model, sizes)
}

const d = (units: number) => dense({ units })

describe('one stage for each layer with weights', () => {
  test('flatten and reshape go with the outermost', () => {
    expect(
      cut([2, 4], [flatten(), d(6), d(4), d(2)], [d(4), d(6), d(8), reshape({ shape: [2, 4] })]),
    ).toEqual([
      { encoder: [0, 2], decoder: [2, 4] },
      { encoder: [2, 3], decoder: [1, 2] },
      { encoder: [3, 4], decoder: [0, 1] },
    ])
  })

  test('activations and normalization complete a layer; noise is before the next', () => {
    const selu = activation({ activation: 'selu' })
    const encoder = [d(4), batchNormalization(), selu, dropout({ rate: 0.5 }), d(2), selu]
    expect(cut([6], encoder, [d(4), batchNormalization(), selu, d(6), selu])).toEqual([
      { encoder: [0, 3], decoder: [3, 5] },
      { encoder: [3, 6], decoder: [0, 3] },
    ])
  })

  test('pooling goes where the shapes of coding and reconstruction agree', () => {
    const conv = (filters: number) => conv2d({ filters, kernelSize: 3, padding: 'same' })
    const up = (filters: number) => conv2dTranspose({ filters, kernelSize: 3, strides: 2, padding: 'same' })
    const pool = maxPooling2d({ poolSize: 2 })
    expect(cut([8, 8, 1], [conv(3), pool, conv(5), pool], [up(3), up(1)])).toEqual([
      { encoder: [0, 2], decoder: [1, 2] },
      { encoder: [2, 4], decoder: [0, 1] },
    ])
    const upwards = upSampling2d({ size: 2 })
    const mean = averagePooling2d({ poolSize: 2 })
    expect(cut([8, 8, 1], [conv(3), mean, conv(5)], [conv(3), upwards, conv(1)])).toEqual([
      { encoder: [0, 1], decoder: [2, 3] },
      { encoder: [1, 3], decoder: [0, 2] },
    ])
  })

  test('recurrent layers pair up, the repetition with the innermost', () => {
    const encoder = [lstm({ units: 4, returnSequences: true }), lstm({ units: 2 })]
    const decoder = [
      repeatVector({ n: 5 }),
      lstm({ units: 4, returnSequences: true }),
      timeDistributed({ layer: d(3) }),
    ]
    expect(cut([5, 3], encoder, decoder)).toEqual([
      { encoder: [0, 1], decoder: [2, 3] },
      { encoder: [1, 2], decoder: [0, 2] },
    ])
  })
})

test('stages may be cut by hand', () => {
  const sizes = [
    { encoder: 1, decoder: 2 },
    { encoder: 1, decoder: 1 },
  ]
  expect(cut([6], [d(4), d(2)], [d(4), d(5), d(6)], sizes)).toEqual([
    { encoder: [0, 1], decoder: [1, 3] },
    { encoder: [1, 2], decoder: [0, 1] },
  ])
})

describe('what cannot be cut says why', () => {
  const ADVICE = /Say where to cut: stages: \[\{ encoder: 1, decoder: 2 \}, …\]/

  test.each<[string, Layers, Layers, readonly StageSize[] | undefined, 'spec' | 'shape', RegExp]>([
    [
      'numbers of layers that differ',
      [d(4), d(2)],
      [d(6)],
      undefined,
      'spec',
      /do not pair up in stages\. Got 2 layers with weights in the encoder, 1 in the decoder/,
    ],
    ['no weights', [flatten()], [reshape({ shape: [6] })], undefined, 'spec', /Got 0 layers with weights/],
    [
      'shapes that are no mirror images',
      [d(4), d(2)],
      [d(5), d(6)],
      undefined,
      'shape',
      /^stage 1: .*Got codings of shape \[4\] from encoder\/0; expected \[5\], which decoder\/1 takes/,
    ],
    [
      'too few stages',
      [d(4), d(2)],
      [d(4), d(6)],
      [{}],
      'spec',
      /Got 1 stages; expected 2, one for each layer/,
    ],
  ])('%s', (_, encoder, decoder, sizes, code, message) => {
    expectError(() => cut([6], encoder, decoder, sizes), { code, message })
    expectError(() => cut([6], encoder, decoder, sizes), { code, message: ADVICE })
  })

  test('sizes that are half said or do not add up', () => {
    const layers = [
      [d(4), d(2)],
      [d(4), d(6)],
    ] as const
    expectError(() => cut([6], ...layers, [{ encoder: 1 }, { encoder: 1, decoder: 1 }]), {
      code: 'spec',
      message:
        /^stage 1 does not say how many layers it takes\. Got encoder 1, decoder undefined; expected both/,
    })
    expectError(() => cut([6], ...layers, [{ encoder: 1, decoder: 2 }]), {
      code: 'spec',
      message:
        /do not take all layers, each once\. Got 1 of the encoder and 2 of the decoder; expected 2 and 2/,
    })
  })

  test('weights tied across stages', () => {
    const tied = (units: number, tiedTo: string) => dense({ units, tiedTo })
    const encoder = [dense({ units: 6, name: 'a' }), dense({ units: 6, name: 'b' })]
    expect(cut([6], encoder, [tied(6, 'b'), tied(6, 'encoder/0')])).toHaveLength(2)
    expectError(() => cut([6], encoder, [tied(6, 'a'), tied(6, 'b')]), {
      code: 'spec',
      message:
        /^decoder\/1: tied to a layer of another stage\. Got encoder\/1\/kernel, which is not in stage 1; expected encoder\/0, decoder\/1\. Tie a layer to its mirror image/,
    })
  })
})
