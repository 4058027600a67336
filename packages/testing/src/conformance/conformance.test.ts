import '@sandglass/core/gradients'
import '@tensorflow/tfjs-backend-cpu'
import * as core from '@sandglass/core'
import { define, defineLayer } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { conformance } from './index'

const everySpec = ['frozen', 'round trip', 'bad options', 'aliases', 'JSON schema']
const none = z.strictObject({})

/** An activation that is right unless told otherwise. */
function activation(apply: (x: tf.Tensor) => tf.Tensor) {
  return define('activation', {
    type: 'test/own',
    description: 'own',
    schema: none,
    build: () => ({ apply }),
  })
}

/** A layer that passes its input on unless told otherwise. */
function layer(parts: Partial<core.Layer>) {
  return defineLayer({
    type: 'test/own',
    description: 'own',
    options: { size: z.int().positive().default(1) },
    build: (_, { inputShape }) => ({
      outputShape: inputShape,
      apply: ({ input }) => ({ output: tf.clone(input) }),
      ...parts,
    }),
  })
}

const weight = (shape: number[], trainable = true): core.WeightDeclaration => ({
  shape,
  trainable,
  initializer: () => new Float32Array(shape.reduce((a, b) => a * b, 1)),
})

describe('conformance passes what is right', () => {
  test('activation', () => {
    expect(conformance(core.sigmoid, [{}])).toEqual([
      ...everySpec,
      'shapes',
      'determinism',
      'leaks',
      'traits',
      'first and second derivatives',
    ])
    expect(conformance(core.sigmoid, [{ order: 1 }])).toContain('first derivatives')
    expect(conformance(core.sigmoid, [{ smooth: false }]).join()).not.toContain('derivatives')
  })

  test('layer', () => {
    const done = conformance(
      core.dense,
      [
        { options: { units: 3, activation: 'sigmoid' }, inputShape: [4] },
        { options: { units: 4, tiedTo: 'layers/0' }, before: [core.dense({ units: 3 })], inputShape: [4] },
      ],
      { refuses: [{ options: { units: 0 }, inputShape: [4], message: /layers\/0\.units/ }] },
    )
    expect(done).toEqual([
      ...everySpec,
      'weights',
      'traits',
      'shapes',
      'determinism',
      'leaks',
      'results',
      'streams',
      'first and second derivatives',
      'error texts',
    ])
  })

  test('loss and metric', () => {
    const squares = define('loss', {
      type: 'test/own',
      description: 'mean of (t − y)²',
      schema: none,
      build:
        () =>
        ({ target, output }) =>
          tf.mean(tf.squaredDifference(target, output), -1),
    })
    const done = conformance(squares, [{}])
    expect(done).toContain('samples on their own')
    expect(done).toContain('first and second derivatives')
    const logits = { link: 'sigmoid', shape: [4, 2, 3], wholeTargets: true } as const
    expect(conformance(core.binaryCrossentropy, [logits])).toContain('first and second derivatives')
    expect(conformance(core.roundedAccuracy, [{}]).join()).not.toContain('derivatives')
  })

  test('initializer', () => {
    expect(conformance(core.glorotUniform, [{}])).toEqual([...everySpec, 'shapes', 'finite', 'determinism'])
  })

  test('model', () => {
    const options = {
      encoder: [core.dense({ units: 2 })],
      decoder: [core.dense({ units: 3, activation: 'sigmoid' as const })],
      loss: 'binaryCrossentropy',
    }
    const done = conformance(core.autoencoder, [{ options, fields: { input: [3] } }], {
      refuses: [
        { options: { ...options, inputShape: [4] }, fields: {}, message: /decoder must end in the shape/ },
      ],
    })
    expect(done).toContain('objectives')
    expect(done).toContain('first derivatives')
  })

  test('regularizer, corruption and optimizer', () => {
    const l2 = define('regularizer', {
      type: 'test/l2',
      description: 'Σx²',
      schema: none,
      build: () => (x) => tf.sum(tf.square(x)),
    })
    expect(conformance(l2, [{}])).toContain('finite')
    const noise = define('corruption', {
      type: 'test/noise',
      description: 'x + n',
      schema: none,
      build:
        () =>
        (x, { random }, path) =>
          tf.add(x, random.normal(path, x.shape)),
    })
    expect(conformance(noise, [{}])).toContain('streams')
    expect(conformance(sgd(1), [{}])).toEqual([
      ...everySpec,
      'slots',
      'shapes',
      'determinism',
      'leaks',
      'goes downhill',
    ])
  })

  test('regularizer of mappings', () => {
    expect(conformance(steepness(), [{}, { shape: [2, 2, 2], outputShape: [1, 3] }])).toEqual([
      ...everySpec,
      'shapes',
      'determinism',
      'leaks',
      'finite',
      'whole batches',
      'streams',
      'first derivatives',
    ])
    expect(conformance(steepness(), [{ order: 2 }])).toContain('first and second derivatives')
  })

  test('kinds that it does not know, as specs', () => {
    const backend = define('backend', {
      type: 'test/b',
      description: 'b',
      schema: none,
      build: () => null as never,
    })
    expect(conformance(backend, [{}])).toEqual(everySpec)
  })

  test('leaves no tensors behind', () => {
    const before = tf.memory().numTensors
    conformance(core.dense, [{ options: { units: 3 }, inputShape: [4] }])
    expect(tf.memory().numTensors).toBe(before)
  })
})

function sgd(sign: number) {
  return define('optimizer', {
    type: 'test/sgd',
    description: 'w − r·g',
    schema: none,
    build: () => ({
      learningRate: 0.1,
      slots: () => ({}),
      update: ({ weights, gradients, learningRate, slots }) => ({
        weights: Object.fromEntries(
          Object.entries(weights).map(([n, w]) => [
            n,
            tf.sub(w, tf.mul(sign, tf.mul(learningRate, gradients[n]!))),
          ]),
        ),
        slots,
      }),
    }),
  })
}

/** How much a mapping changes where its inputs double. */
function steepness(parts: Partial<{ apply: core.MappingRegularizer }> = {}) {
  return define('mappingRegularizer', {
    type: 'test/steepness',
    description: 'Σ (f(2x) − f(x))²',
    schema: none,
    build: () =>
      parts.apply ??
      ((mapping, x) => tf.sum(tf.squaredDifference(mapping.apply(tf.mul(x, 2)), mapping.apply(x)))),
  })
}

describe('conformance catches', () => {
  test('a regularizer of mappings that is no scalar, gives part of a batch, or draws from elsewhere', () => {
    const vector = steepness({ apply: (mapping, x) => tf.sum(mapping.apply(x), 0) as never })
    expect(() => conformance(vector, [{}])).toThrow(/shapes: result 0 has the shape \[2\]/)
    const first = steepness({ apply: (mapping, x) => tf.sum(mapping.apply(tf.slice(x, [0, 0], [1, 3]))) })
    expect(() => conformance(first, [{}])).toThrow(
      /whole batches: the mapping was given \[1, 3\], expected \[n·4, 3\]/,
    )
    const stray = steepness({
      apply: (mapping, x, { random }) => tf.sum(mapping.apply(tf.mul(x, random.normal('mine', x.shape)))),
    })
    expect(() => conformance(stray, [{}])).toThrow(/streams: it draws from the stream "mine"/)
  })

  test('measures that are reported only sometimes, or are no scalars', () => {
    const options = { encoder: [core.dense({ units: 2 })], decoder: [core.dense({ units: 3 })] }
    const measuring = (change: (training: boolean) => Record<string, tf.Tensor>) =>
      define('model', {
        type: 'test/model',
        description: 'm',
        schema: none,
        build: (_, site) => {
          const model = site.registry.build('model', core.autoencoder(options), site)
          const objective = model.objectives[0]!
          const loss: core.Objective['loss'] = (w, batch, context) => ({
            ...objective.loss(w, batch, context),
            measures: change(context.training) as Record<string, tf.Scalar>,
          })
          return { ...model, objectives: [{ ...objective, loss }] }
        },
      })
    const cases = [{ fields: { input: [3] } }]
    expect(() =>
      conformance(
        measuring((training): Record<string, tf.Tensor> => (training ? { at: tf.scalar(1) } : {})),
        cases,
      ),
    ).toThrow(/objectives: training reports reconstruction,at, evaluation reconstruction/)
    expect(() =>
      conformance(
        measuring(() => ({ at: tf.ones([2]) })),
        cases,
      ),
    ).toThrow(/measure "at" has the shape \[2\]/)
    expect(() =>
      conformance(
        measuring(() => ({ reconstruction: tf.scalar(1) })),
        cases,
      ),
    ).toThrow(/the name of a part/)
    expect(() =>
      conformance(
        measuring(() => ({ at: tf.scalar(Number.NaN) })),
        cases,
      ),
    ).toThrow(/"at" is not finite/)
  })

  test('no cases, and a type that is defined otherwise', () => {
    expect(() => conformance(core.sigmoid, [])).toThrow(
      'activation "sigmoid": conformance needs at least one case',
    )
    const impostor = define('activation', {
      type: 'sigmoid',
      description: 's',
      schema: none,
      build: () => ({ apply: tf.sigmoid }),
    })
    expect(() => conformance(impostor, [{}])).toThrow(/already defined otherwise/)
  })

  test('a wrong shape', () => {
    expect(() =>
      conformance(
        activation((x) => tf.reshape(x, [-1])),
        [{}],
      ),
    ).toThrow('activation "test/own", case 0 ({}), shapes: result 0 has the shape [12], expected [4, 3]')
    const wrong = layer({ outputShape: [9] })
    expect(() => conformance(wrong, [{ inputShape: [3] }])).toThrow(/shapes: .*\[4, 3\], expected \[4, 9\]/)
  })

  test("a wrong gradient, and tf.tanh's second derivative", () => {
    const wrong = tf.customGrad((x) => ({
      value: tf.square(x as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => tf.mul(dy, x as tf.Tensor),
    }))
    expect(() =>
      conformance(
        activation((x) => wrong(x)),
        [{}],
      ),
    ).toThrow(/wrong gradient/)
    expect(() =>
      conformance(
        activation((x) => tf.tanh(x)),
        [{}],
      ),
    ).toThrow(/(wrong|no) second derivative/)
    expect(() =>
      conformance(
        activation((x) => tf.tanh(x)),
        [{ order: 1 }],
      ),
    ).not.toThrow()
  })

  test('a wrong gradient in a weight', () => {
    const wrong = tf.customGrad((x, w, save) => {
      ;(save as tf.GradSaveFunc)([w as tf.Tensor])
      return {
        value: tf.mul(x as tf.Tensor, w as tf.Tensor),
        gradFunc: (dy, saved) => [tf.mul(dy, (saved as tf.Tensor[])[0]!), tf.zerosLike(dy)],
      }
    })
    const own = layer({
      weights: { w: weight([3]) },
      apply: ({ input, weights }) => ({ output: wrong(input, tf.broadcastTo(weights.w!, input.shape)) }),
    })
    expect(() => conformance(own, [{ inputShape: [3] }])).toThrow(/wrong gradient: input 1/)
  })

  test('leaks, also those of an error', () => {
    const kept = activation((x) => tf.keep(tf.mul(x, 2)))
    expect(() => conformance(kept, [{}])).toThrow(/leaks: 1 tensor\(s\) leaked/)
    const onError = activation((x) => {
      const twice = tf.keep(tf.mul(x, 2))
      const result = tf.add(twice, x)
      twice.dispose()
      return result
    })
    expect(() => conformance(onError, [{}])).toThrow(/leaks: tensors leaked when kernel 1 failed/)
  })

  test('what is not deterministic', () => {
    let calls = 0
    expect(() =>
      conformance(
        activation((x) => tf.add(x, calls++)),
        [{}],
      ),
    ).toThrow(/determinism: .*different bits/)
    const noise = layer({ apply: ({ input }) => ({ output: tf.add(input, tf.randomNormal(input.shape)) }) })
    expect(() => conformance(noise, [{ inputShape: [3] }])).toThrow(/determinism/)
    const restless = define('initializer', {
      type: 'test/own',
      description: 'o',
      schema: none,
      build: () => (shape) => new Float32Array(core.sizeOf(shape)).fill(calls++),
    })
    expect(() => conformance(restless, [{}])).toThrow(/determinism/)
  })

  test('an input that is disposed or changed', () => {
    const greedy = activation((x) => {
      const y = tf.mul(x, 2)
      x.dispose()
      return y
    })
    expect(() => conformance(greedy, [{}])).toThrow(/case 0/)
    const writer = activation((x) => {
      ;(x.dataSync() as Float32Array)[0] = 5
      return tf.mul(x, 2)
    })
    expect(() => conformance(writer, [{}])).toThrow(/input 0 was changed/)
  })

  test('specs that can be changed, that do not survive JSON, or take anything', () => {
    const mutable = Object.assign(() => ({ type: 'test/own' }), { ...activation((x) => tf.clone(x)) })
    expect(() => conformance(mutable as never, [{}])).toThrow(
      /frozen: the factory returns a spec that can be changed/,
    )
    const dated = define('activation', {
      type: 'test/own',
      description: 'o',
      schema: z.strictObject({ at: z.number() }),
      build: () => ({ apply: tf.clone as never }),
    })
    expect(() => conformance(dated, [{ options: { at: Number.NaN } }])).toThrow(
      /round trip: the spec does not survive JSON/,
    )
    const loose = define('activation', {
      type: 'test/own',
      description: 'o',
      schema: z.looseObject({}) as never,
      build: () => ({ apply: tf.clone as never }),
    })
    expect(() => conformance(loose, [{}])).toThrow(/bad options: .*nothing was thrown/)
    const growing = define('activation', {
      type: 'test/own',
      description: 'o',
      schema: z.strictObject({ n: z.number().transform((n) => n + 1) }),
      build: () => ({ apply: tf.clone as never }),
    })
    expect(() => conformance(growing, [{ options: { n: 1 } }])).toThrow(/parsing twice is not parsing once/)
  })

  test.each([
    [{ type: ['test/own'] }, /aliases: the alias "test\/own" is itself the name of an activation/],
    [{ options: { slop: ['slope'] } }, /aliases: "slop" has aliases, but is no option/],
    [{ options: { slope: ['alpha', 'slope'] } }, /aliases: the alias "slope" is itself an option/],
    [{ absent: { slope: 'it is gone' } }, /aliases: "slope" is said to be absent, but is an option/],
    [{ absent: { seed: 'There is none.' } }, /aliases: the advice on "seed" is part of a sentence/],
  ])('aliases that say what is not so: %o', (aliases, message) => {
    const schema = z.strictObject({ slope: z.number().default(1) })
    const own = define('activation', {
      type: 'test/own',
      description: 'own',
      aliases: aliases as core.Aliases,
      schema,
      build: () => ({ apply: core.sigmoidOf }),
    })
    expect(() => conformance(own, [{}])).toThrow(message)
  })

  test('errors without the expected text, or of another type', () => {
    const settings = (message: RegExp) => ({ refuses: [{ options: { units: 0 }, inputShape: [4], message }] })
    const good = [{ options: { units: 2 }, inputShape: [4] }]
    expect(() => conformance(core.dense, good, settings(/width/))).toThrow(
      /refusal 0 .*error texts: expected an error matching/,
    )
    const untyped = define('activation', {
      type: 'test/own',
      description: 'o',
      schema: z.strictObject({ bad: z.boolean().optional() }),
      build: ({ bad }) => {
        if (bad) throw new Error('no')
        return { apply: (x: tf.Tensor) => tf.clone(x) }
      },
    })
    expect(() =>
      conformance(untyped, [{}], { refuses: [{ options: { bad: true }, message: /no/ }] }),
    ).toThrow(/a Error was thrown, not a SandglassError/)
  })

  test.each([
    [
      'a weight filled wrongly',
      { weights: { w: { ...weight([3]), initializer: () => new Float32Array(2) } } },
      /weights: weight "w" is filled with 2 numbers, declared are 3/,
    ],
    [
      'a shared weight that nobody owns',
      { weights: { w: { sharedWith: 'layers/9/w' } } },
      /shared with an unknown weight/,
    ],
    [
      'an update of what is not state',
      {
        weights: { w: weight([3]) },
        apply: ({ input, weights }: core.LayerInput) => ({
          output: tf.add(input, weights.w!),
          updates: { w: tf.ones([3]) },
        }),
      },
      /updates "w", which is trained by gradients/,
    ],
    [
      'an update of another shape',
      {
        weights: { w: weight([3], false) },
        apply: ({ input }: core.LayerInput) => ({ output: tf.clone(input), updates: { w: tf.ones([2]) } }),
      },
      /update of "w" has the shape \[2\], declared is \[3\]/,
    ],
    [
      'an update of nothing',
      { apply: ({ input }: core.LayerInput) => ({ output: tf.clone(input), updates: { w: tf.ones([2]) } }) },
      /no weight of its own/,
    ],
    [
      'a loss that is no scalar',
      {
        apply: ({ input }: core.LayerInput) => ({
          output: tf.clone(input),
          losses: { l: tf.ones([2]) as never },
        }),
      },
      /the loss "l" has the shape \[2\]/,
    ],
    [
      'logits of another output',
      {
        apply: ({ input }: core.LayerInput) => ({
          output: tf.clone(input),
          logits: { value: input, link: 'sigmoid' as const },
        }),
      },
      /not the sigmoid of its logits/,
    ],
    [
      'a claim to only rearrange',
      { traits: { rearranges: true }, apply: ({ input }: core.LayerInput) => ({ output: tf.mul(input, 2) }) },
      /only rearranges/,
    ],
    [
      'a claim to pass its input on',
      { traits: { passes: true }, apply: ({ input }: core.LayerInput) => ({ output: tf.mul(input, 2) }) },
      /goes beyond it/,
    ],
    [
      'a claim to be noise',
      { traits: { noise: 'added' }, apply: ({ input }: core.LayerInput) => ({ output: tf.add(input, 1) }) },
      /outside training it changes its input/,
    ],
    ['a claim to read sequences', { traits: { sequential: true } }, /takes an input without steps/],
    ['a claim to find a mask', { traits: { masks: true } }, /gives none of shape \[batch, time\]/],
    ['a width that it has not', { traits: { width: 'size' } }, /its option size is the last extent/],
    [
      'an unknown activation',
      { traits: { activation: { type: 'acme/none' } } },
      /ends in an unknown activation/,
    ],
    ['filters that it has not', { traits: { filters: { weight: 'kernel' } } }, /but has none of that name/],
    [
      'filters of other axes',
      { traits: { filters: { weight: 'w' } }, weights: { w: weight([3], false) } },
      /neither two axes nor four/,
    ],
    [
      'a stream that is not its own',
      {
        apply: ({ input, context }: core.LayerInput) => ({
          output: tf.add(input, context.random.normal('noise', input.shape)),
        }),
      },
      /draws from the stream "noise"/,
    ],
    [
      'an output that is not finite',
      { apply: ({ input }: core.LayerInput) => ({ output: tf.div(input, 0) }) },
      /not finite/,
    ],
  ])('in layers: %s', (_, parts, message) => {
    expect(() =>
      conformance(layer(parts as Partial<core.Layer>), [{ inputShape: [3], smooth: false }]),
    ).toThrow(message)
  })

  test.each<[string, Partial<core.Activation>, RegExp]>([
    ['to be elementwise', { apply: tf.softmax, elementwise: true }, /depends on those beside it/],
    ['to be the identity', { apply: (x) => tf.mul(x, 2), identity: true }, /says that it is the identity/],
    ['to be exactly 0', { apply: tf.sigmoid, off: 'zero' }, /units are zero off/],
    ['to be nearly 0', { apply: tf.relu, off: 'nearly' }, /units are nearly off/],
  ])('claims of activations %s', (_, parts, message) => {
    const claiming = define('activation', {
      type: 'test/own',
      description: 'own',
      schema: none,
      build: () => ({ apply: (x) => x, ...parts }),
    })
    expect(() => conformance(claiming, [{ smooth: false }])).toThrow(message)
  })

  test('losses that mix samples, penalties that are no scalars, foreign streams, optimizers that climb', () => {
    const mixing = define('loss', {
      type: 'test/own',
      description: 'o',
      schema: none,
      build:
        () =>
        ({ target, output }) =>
          tf.mul(tf.ones([target.shape[0]!]), tf.mean(tf.squaredDifference(target, output))),
    })
    expect(() => conformance(mixing, [{}])).toThrow(/samples on their own: sample 0 gives/)
    const wide = define('regularizer', {
      type: 'test/own',
      description: 'o',
      schema: none,
      build: () => (x) => tf.sum(x, 0) as never,
    })
    expect(() => conformance(wide, [{}])).toThrow(/shapes: result 0 has the shape \[3\], expected \[\]/)
    const infinite = define('regularizer', {
      type: 'test/own',
      description: 'o',
      schema: none,
      build: () => (x) => tf.sum(tf.log(tf.sub(x, x))),
    })
    expect(() => conformance(infinite, [{}])).toThrow(/finite: the penalty is -Infinity/)
    const foreign = define('corruption', {
      type: 'test/own',
      description: 'o',
      schema: none,
      build:
        () =>
        (x, { random }) =>
          tf.add(x, random.normal('mine', x.shape)),
    })
    expect(() => conformance(foreign, [{}])).toThrow(/streams: it draws from the stream "mine"/)
    expect(() => conformance(sgd(-1), [{}])).toThrow(/goes downhill: 20 steps/)
  })

  test('models that read a number from elsewhere, or declare a control that nothing reads', () => {
    let elsewhere = 0.5
    const weighing = (
      controls: core.Model['controls'],
      weight: (context: core.Context) => tf.Tensor | number,
    ) =>
      define('model', {
        type: 'test/weighing',
        description: 'o',
        schema: none,
        build: (_, site) => {
          const spec = core.autoencoder({
            encoder: [core.dense({ units: 2 })],
            decoder: [core.dense({ units: 3 })],
          })
          const built = site.registry.build('model', spec, site)
          const loss: core.Objective['loss'] = (weights, batch, context) => {
            const { reconstruction } = built.objectives[0]!.loss(weights, batch, context).parts
            const total = tf.mul(reconstruction!, weight(context)) as tf.Scalar
            return { total, parts: { total } }
          }
          return { ...built, controls, objectives: [{ ...built.objectives[0]!, loss }] }
        },
      })
    const change = () => {
      elsewhere += 0.25
    }
    const cases = [{ fields: { input: [3] }, change }]
    const declared = weighing({ beta: 2, late: { type: 'acme/rising' } }, (context) =>
      tf.add(core.controlOf(context, 'beta'), core.controlOf(context, 'late')),
    )
    expect(conformance(declared, [{ ...cases[0]!, controls: { late: 3 } }])).toContain('hidden state')
    expect(() =>
      conformance(
        weighing({}, () => elsewhere),
        cases,
      ),
    ).toThrow(
      /hidden state: in the objective "reconstruction", hidden state: operation \d+, Multiply, was given [\d.]+ in the first call and [\d.]+ in the second/,
    )
    const read = weighing({ beta: 1 }, (context) => core.controlOf(context, 'beta').dataSync()[0]!)
    expect(() => conformance(read, cases)).toThrow(
      /hidden state: .* was given 1 in the first call and 1\.25 in the second/,
    )
    expect(() =>
      conformance(
        weighing({ beta: 1 }, () => 2),
        cases,
      ),
    ).toThrow(/hidden state: the control "beta" is declared, and nothing reads it/)
  })

  test('models whose parts do not add up, or that declare other shapes', () => {
    const model = (change: (built: core.Model) => core.Model) =>
      define('model', {
        type: 'test/own',
        description: 'o',
        schema: none,
        build: (_, site) =>
          change(
            site.registry.build(
              'model',
              core.autoencoder({
                encoder: [core.dense({ units: 2 })],
                decoder: [core.dense({ units: 3, activation: 'sigmoid' })],
                loss: 'binaryCrossentropy',
              }),
              site,
            ),
          ),
      })
    const cases = [{ fields: { input: [3] } }]
    expect(
      conformance(
        model((m) => m),
        cases,
      ),
    ).toContain('objectives')
    const altered = (alter: (o: core.Objective) => core.Objective) =>
      model((m) => ({ ...m, objectives: m.objectives.map(alter) }))
    expect(() =>
      conformance(
        altered((o) => ({ ...o, loss: (...args) => ({ ...o.loss(...args), total: tf.scalar(1) }) })),
        cases,
      ),
    ).toThrow(/objectives: the parts sum to/)
    expect(() =>
      conformance(
        altered((o) => ({ ...o, trains: ['ghost'] })),
        cases,
      ),
    ).toThrow(/trains "ghost"/)
    const training = (plan: core.Training) => () =>
      conformance(
        model((m) => ({ ...m, training: plan })),
        cases,
      )
    expect(
      training({
        turns: [['reconstruction']],
        optimizers: { reconstruction: 'acme/adam' },
        monitor: 'val_loss',
      })(),
    ).toContain('training')
    expect(training({ turns: [['ghost']] })).toThrow(/training: the turns .* Got the name "ghost"/)
    expect(training({ optimizers: { ghost: 'acme/adam' } })).toThrow(/an optimizer for "ghost"/)
    expect(training({ start: 'ghost' })).toThrow(/it starts with "ghost", which is no procedure/)
    expect(training({ monitor: { name: 'x', mode: 'up' as 'max' } })).toThrow(
      /training is malformed: monitor: /,
    )
    expect(() =>
      conformance(
        model((m) => ({ ...m, functions: { encode: { ...m.functions.encode!, outputs: { code: [7] } } } })),
        cases,
      ),
    ).toThrow(/shapes: .*expected \[4, 7\]/)
  })
})
