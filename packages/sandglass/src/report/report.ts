import type { Exhibit, Summary, Table } from '@sandglass/core'
import { columnsOf, curves, type HistoryRow, showValue } from './curves'
import { draw } from './draw'
import { styles } from './styles'
import { escapeXml, type Figure, svgOf } from './svg'
import { pageTheme } from './theme'

/** All that a report says. */
export interface ReportContent {
  readonly title: string
  readonly description?: string
  /** Which data this really was. */
  readonly provenance: string
  /** What the reader must know before anything else: stopped early, not the full data. */
  readonly notes: readonly string[]
  readonly figures: readonly (readonly [name: string, value: string])[]
  readonly history: readonly HistoryRow[]
  readonly exhibits: readonly Exhibit[]
  readonly settings: readonly (readonly [name: string, value: string])[]
  readonly summary: Summary
  readonly spec: unknown
  /** The command that does the same again. */
  readonly command: string
}

/** A report as one HTML page that needs no other file, no script and no network. */
export function renderReport(content: ReportContent): string {
  const { title, description, provenance, notes, figures, history, exhibits, settings, summary, spec } =
    content
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="sandglass">
<title>${escapeXml(title)} · Sandglass</title>
<style>${styles}</style>
</head>
<body>
<header>
<p class="kicker">Sandglass run</p>
<h1>${escapeXml(title)}</h1>
${description ? `<p class="lead">${escapeXml(description)}</p>` : ''}
<p class="data"><strong>Data:</strong> ${escapeXml(provenance)}.</p>
${notes.map((note) => `<p class="note">${escapeXml(note)}</p>`).join('\n')}
</header>
<main>
<dl class="figures">
${figures.map(([name, value]) => `<div><dt>${breakable(name)}</dt><dd>${escapeXml(value)}</dd></div>`).join('\n')}
</dl>
${section('Training', charts(history))}
${exhibits
  .map(({ name, data, caption }) =>
    section(
      name.charAt(0).toUpperCase() + name.slice(1),
      `<figure>${data.type === 'table' ? tableOf(data) : inline(draw(data))}<figcaption>${escapeXml(caption)}</figcaption></figure>`,
    ),
  )
  .join('\n')}
${section('Model', layerTable(summary))}
${section('Settings', `<table class="settings">${settings.map(([name, value]) => `<tr><th scope="row">${escapeXml(name)}</th><td>${escapeXml(value)}</td></tr>`).join('')}</table>`)}
<details><summary>History, epoch by epoch</summary>${historyTable(history)}</details>
<details><summary>Model spec</summary><pre>${escapeXml(JSON.stringify(spec, null, 2))}</pre></details>
</main>
<footer><p>The same again:</p><pre>${escapeXml(content.command)}</pre></footer>
</body>
</html>
`
}

/** File name of an exhibit's picture. */
export function pictureName({ name }: Pick<Exhibit, 'name'>): string {
  return `${name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}.png`
}

function charts(history: readonly HistoryRow[]): string {
  const figures = curves(history)
  if (!figures.length) return '<p>No epoch was finished.</p>'
  return `<div class="charts columns-${columnsOf(figures.length)}">${figures.map(inline).join('\n')}</div>`
}

function section(heading: string, body: string): string {
  return `<section><h2>${escapeXml(heading)}</h2>${body}</section>`
}

function inline(figure: Figure): string {
  return `<div class="plot" style="--width:${figure.width}px">${svgOf(figure, pageTheme)}</div>`
}

/** Numbers to the right, words to the left. */
function tableOf({ title, columns, rows }: Table): string {
  const side = columns.map((_, c) =>
    rows.every((row) => typeof row[c] === 'number') ? ' class="number"' : '',
  )
  const cells = (row: readonly (string | number)[]) =>
    row.map((cell, c) => `<td${side[c]}>${typeof cell === 'number' ? showValue(cell) : escapeXml(cell)}</td>`)
  return `<div class="scroll"><table aria-label="${escapeXml(title)}"><thead><tr>${columns.map((name, c) => `<th${side[c]}>${escapeXml(name)}</th>`).join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells(row).join('')}</tr>`).join('')}</tbody></table></div>`
}

function layerTable({ rows, parameters, trainable }: Summary): string {
  const body = rows.map(
    ({ path, type, outputShape, parameters: own }) =>
      `<tr><td>${escapeXml(path)}</td><td>${escapeXml(type)}</td><td>${outputShape.join(' × ') || '1'}</td><td class="number">${thousands(own)}</td></tr>`,
  )
  return `<div class="scroll"><table><thead><tr><th>layer</th><th>type</th><th>output</th><th class="number">parameters</th></tr></thead>
<tbody>${body.join('')}</tbody>
<tfoot><tr><td colspan="3">in all, of which ${thousands(trainable)} trained</td><td class="number">${thousands(parameters)}</td></tr></tfoot></table></div>`
}

function historyTable(history: readonly HistoryRow[]): string {
  const names = [...new Set(history.flatMap((row) => Object.keys(row)))]
  const cell = (row: HistoryRow, name: string) => {
    const value = row[name]
    return typeof value !== 'number' ? '–' : name === 'epoch' ? String(value) : showValue(value)
  }
  return `<div class="scroll"><table><thead><tr>${names.map((name) => `<th class="number">${escapeXml(name)}</th>`).join('')}</tr></thead>
<tbody>${history.map((row) => `<tr>${names.map((name) => `<td class="number">${cell(row, name)}</td>`).join('')}</tr>`).join('')}</tbody></table></div>`
}

/** Lets long names break where their words meet. */
function breakable(name: string): string {
  return escapeXml(name).replaceAll(/_|(?<=[a-z])(?=[A-Z])/g, '$&<wbr>')
}

function thousands(value: number): string {
  return value.toLocaleString('en')
}
