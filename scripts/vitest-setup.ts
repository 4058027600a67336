import fc from 'fast-check'

// Properties see the same cases in every run, so that a failure is of the change at hand; SANDGLASS_SEED explores others.
fc.configureGlobal({ seed: Number(process.env.SANDGLASS_SEED ?? 20261121) })
