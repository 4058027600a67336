import {
  type Exhibit,
  type Filter,
  type HostRecord,
  type HostTensor,
  type Model,
  passesOn,
} from '@sandglass/core'
import { pictureShape } from '../../report/picture-grid'

/** Most pictures that are shown. */
const MOST = 64

/** The weights of the first layer as pictures, where its inputs are pictures. */
export function firstLayer(
  model: Model,
  weights: HostRecord,
  inputShape: readonly number[],
): Exhibit | undefined {
  const layer = model.layers.find(({ traits }) => !passesOn(traits))
  if (!layer?.traits.filters) return undefined
  const { path } = layer
  const { weight, depthwise = false } = layer.traits.filters
  const kernel = weights[`${path}/${weight}`]
  if (!kernel) return undefined
  if (kernel.shape.length === 2) {
    const size = pictureShape(inputShape)
    const [inputs, units] = kernel.shape as [number, number]
    if (!size || inputs !== size.height * size.width * size.channels) return undefined
    return exhibit(cut(kernel, units, size), units, {
      caption: `What each unit of ${path} looks for: the weights from every pixel to it`,
      title: `Weights of the units of ${path}`,
    })
  }
  const [height, width, channels, filters] = kernel.shape as [number, number, number, number]
  if (height * width < 2) return undefined
  const count = depthwise ? channels * filters : filters
  const inOne = depthwise ? 1 : channels
  return exhibit(cut(kernel, count, { height, width, channels: inOne }), count, {
    caption: `The kernels of ${path}, ${height} × ${width} pixels`,
    title: `Kernels of ${path}`,
  })
}

/** The pictures with the largest weights, those first. A kernel holds its units in the last axis. */
function cut(
  { data }: HostTensor,
  units: number,
  size: { height: number; width: number; channels: number },
): Filter[] {
  const length = size.height * size.width * size.channels
  const all = Array.from({ length: units }, (_, unit) => {
    const values = Float64Array.from({ length }, (_, i) => data[i * units + unit]!)
    return { unit, ...size, values, norm: Math.hypot(...values) }
  })
  return all.sort((a, b) => b.norm - a.norm || a.unit - b.unit).slice(0, MOST)
}

function exhibit(
  filters: readonly Filter[],
  count: number,
  { caption, title }: { caption: string; title: string },
): Exhibit {
  const colour = filters[0]!.channels === 3
  const few = filters.length < count ? `, the ${filters.length} of ${count} with the largest weights` : ''
  return {
    name: 'first layer',
    caption: `${caption}${few}, largest first. ${
      colour
        ? 'Grey is 0; channels are shown as red, green and blue.'
        : `Orange is positive, blue negative, and what has the colour of the page is 0; all share one scale${filters[0]!.channels > 1 ? ', and channels are averaged' : ''}.`
    }`,
    data: { type: 'filters', title, filters },
  }
}
