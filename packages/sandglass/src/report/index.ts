// Reports, in browsers too: exhibits of trained models as plain data, their drawings as SVG, and the page as HTML.
import { definePlugin } from '@sandglass/core'
import { version } from '../../package.json'
import { exhibits } from '../run/exhibits/definitions'

export { createShared, makeExhibits } from '../run/exhibits/index'
export { curves, curvesSheet, type HistoryRow } from './curves'
export { draw } from './draw'
export { type ReportContent, renderReport } from './report'
export { type Figure, svgOf } from './svg'
export { pageTheme, pictureTheme, type Theme, themeStyles } from './theme'

/** What reports show of a model; a registry that has it makes these exhibits. */
export const exhibitPlugin = definePlugin({
  name: 'sandglass',
  version,
  apiVersion: 1,
  definitions: [...exhibits],
})
