import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochLine } from './epoch-line'

const event = (figures: Record<string, number>, epoch = 1) => ({
  epoch,
  entry: { epoch, ...figures, learningRate: 0.001 },
  seconds: 12.34,
  stepsPerSecond: 1480.4,
})

// The sparse autoencoder of the textbook with four metrics: 300 characters if all were shown.
const many = {
  loss: 0.31204,
  val_loss: 0.30981,
  reconstruction: 0.29,
  val_reconstruction: 0.28,
  klSparsity: 0.02,
  val_klSparsity: 0.0298,
  roundedAccuracy: 0.91,
  val_roundedAccuracy: 0.9169,
  rootMeanSquaredError: 0.11,
  val_rootMeanSquaredError: 0.1,
  binaryAccuracy: 0.9,
  val_binaryAccuracy: 0.8,
}

describe('the line of an epoch', () => {
  test('has all figures where they fit, in their order', () => {
    expect(epochLine(event({ loss: 0.4, val_loss: 0.5 }, 7), { epochs: 10 })).toBe(
      'Epoch  7/10  loss 0.4000  val_loss 0.5000  (12.3 s, 1480 steps/s)',
    )
  })

  test('leaves out what matters least, and says that it does', () => {
    expect(epochLine(event(many), { epochs: 10 })).toBe(
      'Epoch  1/10  loss 0.3120  val_loss 0.3098  …  (12.3 s, 1480 steps/s)',
    )
    expect(epochLine(event(many), { epochs: 10, width: 100 })).toBe(
      'Epoch  1/10  loss 0.3120  val_loss 0.3098  val_reconstruction 0.2800  …  (12.3 s, 1480 steps/s)',
    )
  })

  test('keeps the figure by which the run is judged', () => {
    expect(epochLine(event(many), { epochs: 10, monitor: 'val_roundedAccuracy' })).toBe(
      'Epoch  1/10  loss 0.3120  val_roundedAccuracy 0.9169  …  (12.3 s, 1480 steps/s)',
    )
  })

  test('shows a part that is the whole loss once', () => {
    const same = { loss: 0.4, val_loss: 0.5, reconstruction: 0.4, val_reconstruction: 0.5, other: 0.4001 }
    expect(epochLine(event(same), { epochs: 10 })).toBe(
      'Epoch  1/10  loss 0.4000  val_loss 0.5000  other 0.4001  (12.3 s, 1480 steps/s)',
    )
  })

  test('fits the width, whatever the figures', () => {
    const name = fc.stringMatching(/^(val_)?[a-zA-Z_]{1,60}$/)
    const entry = fc.dictionary(name, fc.double({ noDefaultInfinity: true }), { maxKeys: 30 })
    fc.assert(
      fc.property(
        entry,
        fc.integer({ min: 40, max: 80 }),
        fc.nat(1e5),
        fc.nat(1e7),
        (figures, width, epochs, rate) => {
          const line = epochLine({ ...event(figures, epochs), stepsPerSecond: rate }, { epochs, width })
          expect(line.length).toBeLessThanOrEqual(width)
          expect(line).toMatch(/^Epoch /)
          expect(line).not.toMatch(/\n/)
        },
      ),
      { numRuns: 1000 },
    )
    expect(epochLine(event(many), { epochs: 10 }).length).toBeLessThanOrEqual(80)
  })
})
