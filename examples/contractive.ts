// A contractive autoencoder: codes that change little when the picture does, by a penalty on the encoder's Jacobian.
import { adam, autoencoder, contractive, dense, fit, flatten, type OptimizerSpec, reshape } from 'sandglass'
import { headline, type RunContext } from './frame/headline'
import { common, results } from './frame/results'
import { warmedCosine } from './frame/schedules'

async function train(context: RunContext, estimator: 'exact' | 'stochastic', optimizer: OptimizerSpec) {
  const model = autoencoder({
    encoder: [
      flatten(),
      dense({ units: 100, activation: 'selu' }),
      dense({ units: 30, activation: 'sigmoid' }),
    ],
    decoder: [
      dense({ units: 100, activation: 'selu' }),
      dense({ units: 784, activation: 'sigmoid' }),
      reshape({ shape: [28, 28] }),
    ],
    loss: 'binaryCrossentropy',
    encoderRegularizer: contractive({ weight: 0.01, estimator }),
  })
  const run = await fit(model, context.data, {
    ...common(context),
    optimizer,
    epochs: context.epochs(10),
    batchSize: 32,
    metrics: ['roundedAccuracy'],
  })
  return results(run)
}

export default headline({
  name: 'contractive',
  edition: 'own',
  data: 'fashion-mnist',
  settings:
    '784-100-30-100-784, SELU, sigmoid code and output, binary crossentropy, 0.01 times the squared norm of the exact Jacobian; Adam 0.001, batches of 32, 10 epochs',
  source:
    'the penalty is that of Rifai et al. 2011, Contractive Auto-Encoders, ICML; no figure was published for this model',
  published: {},
  run: (context) => train(context, 'exact', adam()),
  bestSettings:
    'the stochastic estimator of the norm; Adam, from 0 to 0.003 in one epoch, then to 0 along a cosine',
  best: (context) => train(context, 'stochastic', adam({ learningRate: warmedCosine(0.003) })),
})
