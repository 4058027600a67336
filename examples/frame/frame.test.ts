import { expect, test } from 'vitest'
import type { Row } from './headline'
import { addition, type Outcome, parseOutcomes, pending } from './outcomes'
import { headlinesPage } from './page'

const row: Row = {
  name: 'a-ml2',
  edition: 'ml2',
  data: 'synthetic',
  settings: '3-2-3',
  source: 'the book',
  published: { val_loss: 0.2, val_accuracy: 0.9 },
  bestSettings: 'Adam',
  run: async () => ({}),
  best: async () => ({}),
}
const plain: Row = { ...row, name: 'b-ml3', edition: 'ml3', published: {}, best: undefined }
const outcome = (changes: Partial<Outcome>): Outcome => ({
  row: 'a-ml2',
  variant: 'published',
  seed: 1,
  backend: 'cpu',
  seconds: 10,
  values: { val_loss: 0.2, val_accuracy: 0.9 },
  ...changes,
})

test('an interrupted run goes on where it stopped: what is done is left out, seed after seed', () => {
  expect(
    pending(
      [row, plain],
      ['published', 'best'],
      [1, 2],
      [outcome({}), outcome({ variant: 'best', seed: 2 })],
    ),
  ).toEqual([
    { row: 'a-ml2', variant: 'best', seed: 1 },
    { row: 'b-ml3', variant: 'published', seed: 1 },
    { row: 'a-ml2', variant: 'published', seed: 2 },
    { row: 'b-ml3', variant: 'published', seed: 2 },
  ])
})

test('a line that was cut short is passed over, and the next run stands on a line of its own', () => {
  const first = addition('', outcome({}))
  const cut = `${first}${JSON.stringify(outcome({ seed: 2 })).slice(0, 30)}`
  const text = cut + addition(cut, outcome({ seed: 3 }))
  expect(parseOutcomes(text)).toEqual([outcome({}), outcome({ seed: 3 })])
  expect(text.endsWith('}\n')).toBe(true)
})

test('the page has mean and deviation over seeds, and says what is as good and what is better', () => {
  const page = headlinesPage(
    [row, plain],
    [
      outcome({ values: { val_loss: 0.201, val_accuracy: 0.85 } }),
      outcome({ seed: 2, seconds: 20, values: { val_loss: 0.203, val_accuracy: 0.87 } }),
      outcome({ variant: 'best', seconds: 7, values: { val_loss: 0.15, val_accuracy: 0.899 } }),
      outcome({ row: 'b-ml3', values: { loss: 1, val_loss: 0.0123 } }),
    ],
  )
  expect(page).toContain(
    '| [a-ml2](../examples/a-ml2.ts) | val_loss | 0.2 | 0.2020 ± 0.0014 (2) | ✓ | 0.1500 | ✓✓ | 15 / 7 |\n' +
      '|  | val_accuracy | 0.9 | 0.8600 ± 0.0141 (2) | ✗ | 0.8990 | ✓ |  |',
  )
  expect(page).toContain('| [b-ml3](../examples/b-ml3.ts) | val_loss | – | 0.01230 |  | – |  | 10 / – |')
  expect(page).toContain('- **a-ml2**: 3-2-3. Source: the book. Best: Adam.')
  expect(page.indexOf('## Géron')).toBeLessThan(page.indexOf('## Géron', page.indexOf('## Géron') + 1))
  expect(page).not.toContain('solaris')
})
