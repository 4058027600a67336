import { fashionMnist, fashionMnistExcerpt, mnist, type Splits, take, textbookPlane } from 'sandglass'
import type { Row } from './headline'

/** The data of a row; in a smoke test a few images of the excerpt that comes with Sandglass, whatever the row is about. */
export async function loadData(
  { data, edition, smokeSamples = 160 }: Pick<Row, 'data' | 'edition' | 'smokeSamples'>,
  smoke: boolean,
): Promise<Splits> {
  if (data === 'synthetic') return textbookPlane({ edition: edition as 'ml2' | 'ml3' | 'excelsior' })
  if (!smoke) return data === 'mnist' ? mnist() : fashionMnist()
  const { train, validation, test, provenance } = await fashionMnistExcerpt()
  return {
    train: take(train, smokeSamples),
    validation: take(validation!, 32),
    test: take(test!, 32),
    provenance,
  }
}
