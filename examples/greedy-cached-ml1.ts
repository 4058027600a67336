// Greedy layer-wise training in phases over one model, the codings of the frozen layers computed once and kept.
import { headline } from './frame/headline'
import { best, bestSettings, published, train } from './greedy-excelsior'

export default headline({
  name: 'greedy-cached-ml1',
  edition: 'ml1',
  data: 'mnist',
  settings:
    '784-300-150-300-784, ELU and linear, He normal, L2 0.0001, mean squared error; one model, two phases of 4 epochs, Adam 0.01, batches of 150',
  source:
    'section "Cache the frozen layer outputs"; without the cache it prints phases of 0.00772 and 0.00258, test 0.009948',
  published: { test_mse: 0.009806 },
  run: (context) => train(context, { procedure: 'phases', penalty: 5e-5, optimizer: published }),
  bestSettings,
  best: (context) => train(context, { procedure: 'phases', ...best }),
})
