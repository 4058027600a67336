// Greedy layer-wise training: an autoencoder for the pixels and another for its codings, each on its own, stacked.
import { headline } from './frame/headline'
import { best, bestSettings, published, train } from './greedy-excelsior'

export default headline({
  name: 'greedy-separate-excelsior',
  edition: 'excelsior',
  data: 'mnist',
  settings:
    '784-300-784, then 300-150-300 on its codings, ELU and linear, He normal, L2 0.0005, mean squared error; 4 epochs each, Adam 0.01, batches of 150',
  source:
    'section "Training one autoencoder at a time in multiple graphs"; errors are those of the last batch',
  published: { phase1_mse: 0.01933, phase2_mse: 0.00448 },
  run: (context) => train(context, { procedure: 'separate', penalty: 2.5e-4, optimizer: published }),
  bestSettings,
  best: (context) => train(context, { procedure: 'separate', ...best }),
})
