import { define, nonNegative } from '@sandglass/core'
import { eye, matMul, mul, type Scalar, square, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/**
 * weight·‖WᵀW - I‖²: draws the columns of a kernel `[inputs, units]` to be orthonormal.
 * Brock et al., Neural Photo Editing with Introspective Adversarial Networks, 2017.
 */
export const orthogonal = define('regularizer', {
  type: 'rings/orthogonal',
  description: 'weight·‖WᵀW - I‖²',
  schema: z.strictObject({ weight: nonNegative.default(0.001) }),
  build: (spec) => (kernel) => {
    const products = matMul(kernel as Tensor2D, kernel as Tensor2D, true, false)
    return mul(sum(square(sub(products, eye(products.shape[1]!)))), spec.weight) as Scalar
  },
})
