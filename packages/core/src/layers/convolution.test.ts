import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { conformance } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import goldens from './convolution.golden.json'
import {
  averagePooling1d,
  averagePooling2d,
  conv1d,
  conv1dTranspose,
  conv2d,
  conv2dTranspose,
  cropping2d,
  depthwiseConv2d,
  globalAveragePooling2d,
  globalMaxPooling2d,
  maxPooling1d,
  maxPooling2d,
  separableConv2d,
  upSampling1d,
  upSampling2d,
  zeroPadding2d,
} from './index'
import { expectKeras, type KerasCase } from './testing/keras-case'

const cases = goldens as unknown as Record<string, KerasCase[]>

describe("Keras's numbers", () => {
  test.each(Object.entries(cases).flatMap(([type, list]) => list.map((one, i) => [type, i, one] as const)))(
    '%s, case %i',
    (type, _, golden) => expectKeras(type, golden),
  )
})

describe('conformance', () => {
  const small = { batch: 2 }

  test('conv2d', () => {
    const inputShape = [3, 3, 1]
    conformance(
      conv2d,
      [
        { ...small, options: { filters: 2, kernelSize: 2, activation: 'sigmoid' }, inputShape },
        {
          ...small,
          options: { filters: 1, kernelSize: 2, dilationRate: 2, padding: 'same', activation: 'tanh' },
          inputShape,
        },
      ],
      {
        refuses: [
          {
            options: { filters: 2, kernelSize: 3 },
            inputShape: [28, 28],
            message:
              /^layers\/0: a convolution works on images\. Got input of shape \[28, 28\]; expected input of shape \[height, width, channels\]\. Images without channels get one by reshape\(\{ shape: \[28, 28, 1\] \}\) before it\.$/,
          },
          {
            options: { filters: 2, kernelSize: [2, 4] },
            inputShape,
            message:
              /^layers\/0: a kernel is larger than its input, .*\. Got a kernel of 2 × 4 on an image of 3 × 3; expected at most 3 × 3\. Use padding "same"/,
          },
          {
            options: { filters: 2, kernelSize: 2, dilationRate: 3 },
            inputShape,
            message: /Got a kernel of 4 × 4 on an image of 3 × 3/,
          },
          {
            options: { filters: 2, kernelSize: 2, dilationRate: 2, strides: 2 },
            inputShape,
            message:
              /^layers\/0: strides and dilationRate cannot both be above 1\. Got strides 2 × 2 and dilationRate 2 × 2\.$/,
          },
          { options: { filters: 0, kernelSize: 2 }, inputShape, message: /layers\/0\.filters: .*>0/ },
          { options: { filters: 1, kernelSize: [2] }, inputShape, message: /layers\/0\.kernelSize/ },
        ],
      },
    )
  })

  test('conv2dTranspose', () => {
    conformance(
      conv2dTranspose,
      [
        {
          ...small,
          options: { filters: 2, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' },
          inputShape: [2, 2, 1],
        },
      ],
      {
        refuses: [
          {
            options: { filters: 2, kernelSize: 3, strides: 2, padding: 'same', outputPadding: 2 },
            inputShape: [3, 3, 1],
            message:
              /^layers\/0: outputPadding does not fit the strides\. Got outputPadding 2 × 2, for an image of 7 × 7 whose convolution is 4 × 4; expected one whose convolution is the input of 3 × 3\. Leave outputPadding out, or keep it below the strides 2 × 2\.$/,
          },
          {
            options: { filters: 2, kernelSize: 3 },
            inputShape: [9],
            message: /^layers\/0: a transposed convolution works on images\. Got input of shape \[9\]/,
          },
        ],
      },
    )
  })

  test('sequences: transposed, pooled, repeated', () => {
    const inputShape = [4, 2]
    const image = {
      inputShape: [4, 4, 1],
      message:
        /works on sequences\. Got input of shape \[4, 4, 1\].* An image becomes a sequence of its rows/,
    }
    conformance(
      conv1dTranspose,
      [
        {
          ...small,
          options: { filters: 2, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' },
          inputShape: [2, 1],
        },
      ],
      {
        refuses: [
          { ...image, options: { filters: 1, kernelSize: 2 } },
          {
            options: { filters: 2, kernelSize: 3, strides: 2, padding: 'same', outputPadding: 2 },
            inputShape: [3, 1],
            message:
              /^layers\/0: outputPadding does not fit the strides\. Got outputPadding 2, for a sequence of 7 whose convolution is 4; expected one whose convolution is the input of 3\./,
          },
        ],
      },
    )
    const apart = { range: [-3, 3] as const, relative: 5e-3 }
    const tooLarge = {
      options: { poolSize: 5 },
      inputShape,
      message:
        /^layers\/0: a pool is larger than its input, less than one step would be left\. Got a pool of 5 on a/,
    }
    conformance(maxPooling1d, [{ ...small, ...apart, inputShape }], { refuses: [tooLarge, image] })
    conformance(averagePooling1d, [{ ...small, inputShape, options: { padding: 'same', poolSize: 3 } }], {
      refuses: [tooLarge, image],
    })
    conformance(upSampling1d, [{ ...small, inputShape }], { refuses: [image] })
  })

  test('pooling', () => {
    const tooLarge = {
      options: { poolSize: 4 },
      inputShape: [3, 5, 1],
      message:
        /^layers\/0: a pool is larger than its input, less than one pixel would be left\. Got a pool of 4 × 4 on an image of 3 × 5; expected at most 3 × 5\. Use padding "same", or fewer/,
    }
    const flat = {
      inputShape: [4],
      message: /^layers\/0: pooling works on images\. Got input of shape \[4\]/,
    }
    // The kinks of maxima lie apart when the inputs do.
    const apart = { range: [-3, 3] as const, relative: 5e-3 }
    conformance(maxPooling2d, [{ ...small, ...apart, inputShape: [4, 4, 1] }], { refuses: [tooLarge, flat] })
    conformance(
      averagePooling2d,
      [
        { ...small, inputShape: [3, 5, 2] },
        { ...small, options: { poolSize: 3, strides: 2, padding: 'same' }, inputShape: [4, 3, 1] },
      ],
      { refuses: [tooLarge, flat] },
    )
    conformance(globalAveragePooling2d, [{ ...small, inputShape: [2, 3, 2] }], { refuses: [flat] })
    conformance(globalMaxPooling2d, [{ ...small, ...apart, inputShape: [2, 2, 2] }], { refuses: [flat] })
  })

  test('upSampling2d, zeroPadding2d, cropping2d', () => {
    conformance(
      upSampling2d,
      [
        { ...small, options: { size: [2, 1] }, inputShape: [2, 2, 2] },
        { ...small, options: { interpolation: 'bilinear' }, inputShape: [2, 3, 1] },
      ],
      { refuses: [{ inputShape: [4, 4], message: /^layers\/0: upsampling works on images/ }] },
    )
    conformance(zeroPadding2d, [
      {
        ...small,
        options: {
          padding: [
            [0, 1],
            [2, 0],
          ],
        },
        inputShape: [2, 1, 1],
      },
    ])
    conformance(
      cropping2d,
      [
        {
          ...small,
          options: {
            cropping: [
              [0, 1],
              [0, 0],
            ],
          },
          inputShape: [2, 2, 1],
        },
      ],
      {
        refuses: [
          {
            options: { cropping: [1, 2] },
            inputShape: [4, 4, 1],
            message:
              /^layers\/0: cropping leaves nothing of the image\. Got 1 \+ 1 rows and 2 \+ 2 columns cut off an image of 4 × 4; expected at least one pixel left\.$/,
          },
        ],
      },
    )
  })

  test('depthwiseConv2d, separableConv2d, conv1d', () => {
    conformance(depthwiseConv2d, [
      {
        ...small,
        options: { kernelSize: 2, depthMultiplier: 2, padding: 'same', activation: 'tanh' },
        inputShape: [2, 3, 2],
      },
    ])
    conformance(separableConv2d, [
      { ...small, options: { filters: 2, kernelSize: 2, activation: 'tanh' }, inputShape: [2, 3, 2] },
    ])
    conformance(
      conv1d,
      [{ ...small, options: { filters: 2, kernelSize: 2, padding: 'causal' }, inputShape: [3, 2] }],
      {
        refuses: [
          {
            options: { filters: 2, kernelSize: 2 },
            inputShape: [3],
            message:
              /^layers\/0: conv1d works on sequences\. Got input of shape \[3\]; expected .*\[time, features\]/,
          },
        ],
      },
    )
  })

  test('Keras was asked about every one', () => {
    expect(Object.keys(cases).sort()).toEqual(
      [
        averagePooling1d,
        averagePooling2d,
        conv1d,
        conv1dTranspose,
        conv2d,
        conv2dTranspose,
        cropping2d,
        depthwiseConv2d,
        globalAveragePooling2d,
        globalMaxPooling2d,
        maxPooling1d,
        maxPooling2d,
        separableConv2d,
        upSampling1d,
        upSampling2d,
        zeroPadding2d,
      ]
        .map((layer) => layer.type)
        .sort(),
    )
  })
})
