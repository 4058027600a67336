import { expectError } from '@sandglass/testing'
import { describe, test } from 'vitest'
import {
  bidirectional,
  conv1d,
  conv2d,
  conv2dTranspose,
  dense,
  flatten,
  gru,
  lstm,
  maxPooling2d,
  repeatVector,
  reshape,
  simpleRnn,
  timeDistributed,
  upSampling2d,
} from '../layers/index'
import { core } from '../plugin-core'
import { createRegistry } from '../registry'
import type { Shape } from '../shape'
import type { LayerSpec } from '../specs'
import { autoencoder } from './autoencoder'

const registry = createRegistry([core])

/** The whole message that a mistaken architecture gets. */
function refuses(input: Shape, encoder: LayerSpec[], decoder: LayerSpec[], message: string) {
  expectError(
    () => registry.build('model', autoencoder({ encoder, decoder }), { registry, fields: { input } }),
    { message: new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) },
  )
}

describe('an output unlike the input', () => {
  const end = 'the decoder must end in the shape it is compared with'

  test.each<[Shape, LayerSpec[], LayerSpec[], string]>([
    [
      [28, 28],
      [flatten(), dense({ units: 30 })],
      [dense({ units: 784 })],
      `decoder/0: ${end}. Got [784]; expected [28, 28]. Let it end in reshape({ shape: [28, 28] }).`,
    ],
    [
      [784],
      [dense({ units: 30 })],
      [dense({ units: 100 }), dense({ units: 780 })],
      `decoder/1: ${end}. Got [780]; expected [784]. Give decoder/1 units: 784.`,
    ],
    [
      [28, 28],
      [flatten(), dense({ units: 30 })],
      [dense({ units: 30 })],
      `decoder/0: ${end}. Got [30]; expected [28, 28]. Let it end in a layer with 784 units and, if need be, reshape({ shape: [28, 28] }).`,
    ],
    [
      [8, 8, 1],
      [conv2d({ filters: 2, kernelSize: 3, padding: 'same' }), maxPooling2d()],
      [conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2 })],
      `decoder/0: ${end}. Got [8, 8, 2]; expected [8, 8, 1]. Give decoder/0 filters: 1.`,
    ],
    [
      [7, 7, 1],
      [conv2d({ filters: 2, kernelSize: 3, padding: 'same' }), maxPooling2d()],
      [upSampling2d(), conv2d({ filters: 1, kernelSize: 3, padding: 'same' })],
      `decoder/1: ${end}. Got [6, 6, 1]; expected [7, 7, 1]. Let its layers enlarge the image as often as those of the encoder shrink it; cropping2d and zeroPadding2d make up for single pixels.`,
    ],
    [
      [50, 3],
      [lstm({ units: 4 })],
      [repeatVector({ n: 49 }), lstm({ units: 3, returnSequences: true })],
      `decoder/1: ${end}. Got [49, 3]; expected [50, 3]. Let repeatVector({ n: 50 }) begin it: n is the number of steps.`,
    ],
    [
      [50, 3],
      [conv1d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' })],
      [conv1d({ filters: 3, kernelSize: 3, padding: 'same' })],
      `decoder/0: ${end}. Got [25, 3]; expected [50, 3]. Let its layers lengthen the sequence as often as those of the encoder shorten it: upSampling1d, conv1dTranspose.`,
    ],
    [
      [50, 3],
      [lstm({ units: 4 })],
      [repeatVector({ n: 50 }), gru({ units: 3 })],
      `decoder/1: ${end}. Got [3]; expected [50, 3]. Give decoder/1 returnSequences: true.`,
    ],
  ])('of %j', refuses)
})

describe('tied layers that do not mirror', () => {
  const encoder = [flatten(), dense({ units: 100 }), dense({ units: 30, name: 'code' })]

  test('tied in the wrong order', () => {
    refuses(
      [28, 28],
      encoder,
      [dense({ units: 100, tiedTo: 'encoder/1' }), dense({ units: 784, tiedTo: 'code' })],
      'decoder/0: does not mirror encoder/1, to which it is tied. Got a kernel of [30, 100] at decoder/0: input width 30 and 100 units; ' +
        'expected [100, 784], the transpose of the kernel of [784, 100] at encoder/1: input width 100 and 784 units. It does mirror encoder/2: tiedTo: "encoder/2".',
    )
  })

  test('with another number of units', () => {
    refuses(
      [28, 28],
      encoder,
      [dense({ units: 90, tiedTo: 'code' }), dense({ units: 784, tiedTo: 'encoder/1' })],
      'decoder/0: does not mirror encoder/2 ("code"), to which it is tied. Got a kernel of [30, 90] at decoder/0: input width 30 and 90 units; ' +
        'expected [30, 100], the transpose of the kernel of [100, 30] at encoder/2: input width 30 and 100 units. Give it 100 units.',
    )
  })

  test('with another input', () => {
    refuses(
      [28, 28],
      encoder,
      [dense({ units: 784, tiedTo: 'encoder/1' })],
      'decoder/0: does not mirror encoder/1, to which it is tied. Got a kernel of [30, 784] at decoder/0: input width 30 and 784 units; ' +
        'expected [100, 784], the transpose of the kernel of [784, 100] at encoder/1: input width 100 and 784 units. ' +
        'Tie the first layer of the decoder to the last of the encoder, the second to the last but one, and so on.',
    )
  })

  test('to layers whose kernels are of another kind', () => {
    refuses(
      [8, 8, 1],
      [conv2d({ filters: 2, kernelSize: 8 }), flatten()],
      [dense({ units: 64, tiedTo: 'encoder/0' }), reshape({ shape: [8, 8, 1] })],
      'decoder/0: cannot tie to "encoder/0". Got a layer without a dense kernel of its own, conv2d at encoder/0; expected a dense layer before it, of which there is none. ' +
        'tiedTo takes the path ("encoder/1") or the name of a dense layer that comes before.',
    )
    refuses(
      [2, 4],
      [simpleRnn({ units: 3 })],
      [dense({ units: 4, tiedTo: 'encoder/0' })],
      'decoder/0: cannot tie to "encoder/0". Got a layer without a dense kernel of its own, simpleRnn at encoder/0; expected a dense layer before it, of which there is none. ' +
        'tiedTo takes the path ("encoder/1") or the name of a dense layer that comes before.',
    )
  })
})

describe('a recurrent decoder without length', () => {
  const advice =
    'A vector becomes a sequence by repeatVector({ n: 50 }) before it, n being the number of steps.'
  const got = 'Got input of shape [4]; expected input of shape [time, features].'

  test.each<[string, LayerSpec, string]>([
    ['decoder/0: an LSTM', lstm({ units: 3, returnSequences: true }), got],
    ['decoder/0: a GRU', gru({ units: 3, returnSequences: true }), got],
    ['decoder/0: a recurrent layer', simpleRnn({ units: 3, returnSequences: true }), got],
    ['decoder/0: bidirectional', bidirectional({ layer: lstm({ units: 3 }) }), got],
    ['decoder/0: conv1d', conv1d({ filters: 3, kernelSize: 2 }), got],
    [
      'decoder/0: timeDistributed',
      timeDistributed({ layer: dense({ units: 3 }) }),
      'Got input of shape [4]; expected input of shape [time, …], with at least one more axis.',
    ],
  ])('%s', (who, layer, found) => {
    refuses([50, 3], [lstm({ units: 4 })], [layer], `${who} works on sequences. ${found} ${advice}`)
  })

  test('its input is no sequence: nobody knows the length', () => {
    refuses(
      [4],
      [dense({ units: 2 })],
      [lstm({ units: 4 })],
      'decoder/0: an LSTM works on sequences. Got input of shape [2]; expected input of shape [time, features]. ' +
        'A vector becomes a sequence by repeatVector({ n: … }) before it, n being the number of steps.',
    )
  })

  test('a stack of which one gives its last output only', () => {
    refuses(
      [50, 3],
      [lstm({ units: 8 }), lstm({ units: 4 })],
      [repeatVector({ n: 50 }), lstm({ units: 3, returnSequences: true })],
      'encoder/1: an LSTM works on sequences. Got input of shape [8]; expected input of shape [time, features]. ' +
        'encoder/0 gives its last output only: set returnSequences: true there, to go on with a sequence.',
    )
  })

  test('an image', () => {
    refuses(
      [28, 28, 1],
      [lstm({ units: 8 })],
      [dense({ units: 1 })],
      'encoder/0: an LSTM works on sequences. Got input of shape [28, 28, 1]; expected input of shape [time, features]. ' +
        'An image becomes a sequence of its rows by reshape({ shape: [28, 28] }) before it.',
    )
  })
})

describe('convolutions and pools', () => {
  test('below one pixel', () => {
    refuses(
      [6, 6, 1],
      [
        maxPooling2d(),
        maxPooling2d(),
        conv2d({ filters: 2, kernelSize: 1 }),
        maxPooling2d({ poolSize: [2, 3] }),
      ],
      [flatten()],
      'encoder/3: a pool is larger than its input, less than one pixel would be left. Got a pool of 2 × 3 on an image of 1 × 1; expected at most 1 × 1. ' +
        'Use padding "same", or fewer or smaller layers that shrink the image before it.',
    )
    refuses(
      [6, 6, 1],
      [maxPooling2d(), conv2d({ filters: 2, kernelSize: 5 })],
      [flatten()],
      'encoder/1: a kernel is larger than its input, less than one pixel would be left. Got a kernel of 5 × 5 on an image of 3 × 3; expected at most 3 × 3. ' +
        'Use padding "same", or fewer or smaller layers that shrink the image before it.',
    )
    refuses(
      [3, 2],
      [conv1d({ filters: 2, kernelSize: 2, dilationRate: 3 })],
      [flatten()],
      'encoder/0: a kernel is larger than its input, less than one step would be left. Got a kernel of 4 on a sequence of 3; expected at most 3. ' +
        'Use padding "same", or fewer or smaller layers that shrink the sequence before it.',
    )
  })

  test('on images without channels', () => {
    refuses(
      [28, 28],
      [conv2d({ filters: 2, kernelSize: 3 })],
      [flatten()],
      'encoder/0: a convolution works on images. Got input of shape [28, 28]; expected input of shape [height, width, channels]. ' +
        'Images without channels get one by reshape({ shape: [28, 28, 1] }) before it.',
    )
    refuses(
      [28, 28],
      [flatten(), dense({ units: 16 })],
      [conv2dTranspose({ filters: 2, kernelSize: 3 })],
      'decoder/0: a transposed convolution works on images. Got input of shape [16]; expected input of shape [height, width, channels]. ' +
        'A vector becomes an image by reshape({ shape: [height, width, channels] }) before it.',
    )
  })
})
