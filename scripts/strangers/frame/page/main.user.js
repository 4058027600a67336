// A page that trains, for every bundler, on the backend that its address names. What became of it is left in `trained`.
import { adam, autoencoder, dense, fit, fromArrays } from 'sandglass'

const input = Array.from({ length: 64 }, (_, i) => [Math.sin(i), Math.cos(i), Math.sin(2 * i)])
const model = autoencoder({
  encoder: [dense({ units: 8, activation: 'selu' })],
  decoder: [dense({ units: 3 })],
})
try {
  const run = await fit(model, fromArrays({ input }), {
    optimizer: adam({ learningRate: 0.01 }),
    epochs: 3,
    batchSize: 16,
    seed: 1,
    backend: new URLSearchParams(location.search).get('backend') ?? 'auto',
  })
  globalThis.trained = { backend: run.backend.id, losses: run.history.map(({ loss }) => loss) }
} catch (error) {
  globalThis.trained = { error: String(error) }
}
