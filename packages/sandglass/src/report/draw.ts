import type { ExhibitData } from '@sandglass/core'
import { bandCurves } from './band-curves'
import { filterGrid } from './filter-grid'
import { histogram } from './histogram'
import { lineRows } from './line-rows'
import { pictureGrid } from './picture-grid'
import { scatter } from './scatter'
import type { Figure } from './svg'
import { tableFigure } from './table-figure'

type Drawings = { [Type in ExhibitData['type']]: (data: Extract<ExhibitData, { type: Type }>) => Figure }

const drawings: Drawings = {
  pictures: pictureGrid,
  filters: filterGrid,
  scatter,
  histogram,
  curves: bandCurves,
  sequences: lineRows,
  table: tableFigure,
}

/** What an exhibit shows, as a picture. */
export function draw(data: ExhibitData): Figure {
  return (drawings[data.type] as (data: ExhibitData) => Figure)(data)
}
