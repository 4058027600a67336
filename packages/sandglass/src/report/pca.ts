import { PCA } from 'ml-pca'

export interface Projection {
  /** `[samples, 2]`, row-major. */
  readonly points: Float64Array
  /** Share of the variance along either axis. */
  readonly explained: readonly [number, number]
}

/**
 * The first two principal components of `[samples, width]`, centred, not scaled. The largest loading of each component
 * is positive, so that the picture does not depend on the algorithm. Width 2 or more, at least 2 samples.
 */
export function projectTo2d(data: ArrayLike<number>, width: number): Projection {
  const samples = data.length / width
  const rows = Array.from({ length: samples }, (_, i) =>
    Array.from({ length: width }, (_, j) => data[i * width + j]!),
  )
  const pca = new PCA(rows, {
    method: width <= 1024 ? 'covarianceMatrix' : 'SVD',
    center: true,
    scale: false,
  })
  const loadings = pca.getLoadings().subMatrix(0, 1, 0, width - 1)
  const signs = [0, 1].map((component) => {
    const row = loadings.getRow(component)
    const largest = row.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0)
    return largest < 0 ? -1 : 1
  })
  const projected = pca.predict(rows, { nComponents: 2 })
  const points = new Float64Array(2 * samples)
  for (let i = 0; i < samples; i++)
    for (const component of [0, 1])
      points[2 * i + component] = signs[component]! * projected.get(i, component)
  const [first = 0, second = 0] = pca
    .getExplainedVariance()
    .map((share) => (Number.isFinite(share) ? share : 0))
  return { points, explained: [first, second] }
}
