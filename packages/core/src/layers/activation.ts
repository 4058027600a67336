import { activationResult } from '../activation'
import { defineLayer } from '../define-layer'
import { activationSpec } from '../schemas'

/** An activation as a layer of its own: `[batch, …]` → the same shape. */
export const activation = defineLayer({
  type: 'activation',
  description: 'an activation as a layer of its own',
  aliases: { options: { activation: ['function'] } },
  options: { activation: activationSpec() },
  build: (spec, { registry, inputShape }) => {
    const built = registry.build('activation', spec.activation)
    return {
      outputShape: inputShape,
      traits: { activation: spec.activation, completes: true },
      apply: ({ input, mask }) => ({ ...activationResult(built, input), mask }),
    }
  },
})
