import {
  cifar10,
  createDataset,
  fashionMnist,
  fashionMnistExcerpt,
  type MemoryDataset,
  mnist,
  readField,
  type Splits,
  take,
  textbookPlane,
} from 'sandglass'
import type { Row } from './headline'

/** The data of a row; in a smoke test a few images of the excerpt that comes with Sandglass, whatever the row is about. */
export async function loadData(
  { data, edition, smokeSamples = 160 }: Pick<Row, 'data' | 'edition' | 'smokeSamples'>,
  smoke: boolean,
): Promise<Splits> {
  if (data === 'synthetic') return textbookPlane({ edition: edition as 'ml2' | 'ml3' | 'excelsior' })
  if (!smoke) return published[data]()
  const { train, validation, test, provenance } = await fashionMnistExcerpt()
  const excerpt = (dataset: MemoryDataset, size: number) =>
    data === 'cifar10' ? coloured(take(dataset, size)) : take(dataset, size)
  return {
    train: excerpt(train, smokeSamples),
    validation: excerpt(validation!, 32),
    test: excerpt(test!, 32),
    provenance,
  }
}

const published = { mnist, 'fashion-mnist': fashionMnist, cifar10: testedCifar10 }

/** All of CIFAR-10's training images train; those of the test validate, as published. */
async function testedCifar10(): Promise<Splits> {
  const { train, test, provenance } = await cifar10({ validation: 0 })
  return { train, validation: test!, test: test!, provenance }
}

/** Images `[28, 28]` in the shape of CIFAR-10's: in the middle of `[32, 32]`, with less green than red and less blue. */
export function coloured(dataset: MemoryDataset): MemoryDataset {
  const { size } = dataset
  const grey = readField(dataset, 'input').data
  const data = new Float32Array(size * 3072)
  for (const [i, value] of grey.entries()) {
    const [image, pixel] = [Math.floor(i / 784), i % 784]
    const [row, column] = [2 + Math.floor(pixel / 28), 2 + (pixel % 28)]
    for (let c = 0; c < 3; c++) data[image * 3072 + (32 * row + column) * 3 + c] = (value * (3 - c)) / 3
  }
  return createDataset(`${dataset.name}, coloured`, { input: { shape: [32, 32, 3], data } })
}
