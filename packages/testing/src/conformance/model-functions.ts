import type { ModelFunction } from '@sandglass/core'
import { checkPure, demand } from './checker'
import type { ModelSubject } from './model-subject'
import { batched } from './weights'

/** A function gives the outputs that it declares, in their shapes; it is pure. */
export function checkFunction(subject: ModelSubject, name: string, fn: ModelFunction): void {
  const { checker, batch, weights, weightsOf, restOf } = subject
  const inputs = subject.inputsOf(fn)
  const outputs = Object.entries(fn.outputs)
  checkPure(checker, {
    inputs: () => [...weights(), ...inputs.make()],
    call: (...xs) => {
      const given = restOf(xs, inputs.names)
      const result = fn.apply(weightsOf(xs), given, subject.context(false), batch)
      demand(
        Object.keys(result).sort().join() ===
          outputs
            .map(([n]) => n)
            .sort()
            .join(),
        `${name} returns ${Object.keys(result).join(', ')}, declared are ${outputs.map(([n]) => n).join(', ')}`,
      )
      return outputs.map(([n]) => result[n]!)
    },
    shapes: outputs.map(([, shape]) => batched(batch, shape)),
  })
}
