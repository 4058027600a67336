export { type Batches, type BatchesOptions, batches, epochOrder } from './batches'
export { concat } from './concat'
export { fashionMnistExcerpt } from './excerpt/fashion-mnist-excerpt'
export { type ArrayField, fromArrays, type NestedNumbers } from './from-arrays'
export { type IdxArray, parseIdx } from './idx/parse-idx'
export { cifar10 } from './images/cifar10'
export { type FallbackOptions, fashionMnist, mnist } from './images/fashion-mnist'
export type { ImageOptions } from './images/image-splits'
export {
  cifar10Classes,
  fashionMnistClasses,
  type PublishedFile,
  type PublishedImages,
  publishedFashionMnist,
  publishedMnist,
} from './images/published'
export type { ImageProgress, WebSourceOptions } from './images/web-source'
export { type DownloadOptions, type DownloadProgress, download } from './io/download'
export { gunzip } from './io/gunzip'
export { sha256 } from './io/sha256'
export { load } from './load'
export { datasets, webDatasets } from './plugin'
export { minMax } from './scalers/min-max'
export { robust } from './scalers/robust'
export { applyScaler, type FitOptions, invertScaler, parseScaler, type Scaler } from './scalers/scaler'
export { standardise } from './scalers/standardise'
export { type SplitOptions, split } from './split'
export { type BlobsOptions, blobs } from './synthetic/blobs'
export { type MoonsOptions, moons } from './synthetic/moons'
export { type PlaneOptions, plane } from './synthetic/plane'
export { type SwissRollOptions, swissRoll } from './synthetic/swiss-roll'
export { type TextbookEdition, textbookPlane } from './synthetic/textbook-plane'
export { type EncodedTable, encodeTable } from './table/encode-table'
export { type EncodingOptions, fitEncoding } from './table/fit-encoding'
export { type CsvOptions, fromCsv } from './table/from-csv'
export { parseTable, type Table, type TableOptions } from './table/table'
export {
  type ColumnEncoding,
  decodeRows,
  type MissingPolicy,
  parseEncoding,
  type TableEncoding,
} from './table/table-encoding'
export { type Scaling, type TableSplitsOptions, tableSplits } from './table/table-splits'
export { take } from './take'
export { withTarget } from './with-target'
