import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import { conformance } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { layerNormalization } from './index'
import goldens from './normalization.golden.json'
import { expectKeras, type KerasCase } from './testing/keras-case'

const cases = goldens.layerNormalization as unknown as KerasCase[]

describe('layerNormalization', () => {
  test("there are Keras's numbers", () => expect(cases.length).toBeGreaterThan(0))

  test.each(cases.map((one, i) => [i, one] as const))("Keras's numbers, case %i", (_, golden) =>
    expectKeras('layerNormalization', golden),
  )

  test('conformance', () => {
    conformance(
      layerNormalization,
      [
        { batch: 2, inputShape: [3], options: { epsilon: 0.1 } },
        { batch: 2, inputShape: [2, 3], options: { epsilon: 0.1, center: false, scale: false } },
      ],
      {
        refuses: [
          {
            inputShape: [],
            message: /^layers\/0: layer normalization needs at least one axis\. Got input of shape \[\]\.$/,
          },
          { options: { epsilon: 0 }, inputShape: [3], message: /layers\/0\.epsilon: .*>0/ },
        ],
      },
    )
  })
})
