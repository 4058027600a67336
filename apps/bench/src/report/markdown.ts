import { showMachine } from '../machine'
import type { Spread } from '../statistics'
import type { ColdReport, CompileReport, Report, StepReport } from './schema'

/** A report as Markdown for people. */
export function toMarkdown(report: Report): string {
  const head = `${showMachine(report.machine)}; ${report.rounds} rounds\n`
  if (report.kind === 'step') return head + stepMarkdown(report)
  return head + (report.kind === 'cold' ? coldMarkdown(report) : compileMarkdown(report))
}

function stepMarkdown({ workloads, sgemmPeak, geometricMeanOverBestPeer, flopsFormula }: StepReport): string {
  const sections = workloads.map(({ id, title, results, left_out, flops }) => {
    const rows = [...results]
      .sort((a, b) => a.medianMs - b.medianMs)
      .map((r) => [
        r.role === 'ours' ? `**${r.engine}**` : r.engine,
        number(r.medianMs),
        r.role === 'ours' ? '1' : ratio(r.ratio),
        number(r.gflops),
        r.shareOfPeak === undefined ? '' : `${Math.round(r.shareOfPeak * 100)} %`,
        r.version,
      ])
    const lines = left_out.map(({ engine, why }) => `\nNot measured: ${engine}, ${why}`).join('')
    return (
      `\n### ${id}: ${title} (${number(flops / 1e6)} MFLOP a step)\n\n` +
      table(
        ['engine', 'ms/step', 'time over ours (least–most)', 'GFLOP/s', 'of sgemm peak', 'version'],
        rows,
      ) +
      lines
    )
  })
  const peak = sgemmPeak ? `sgemm peak: ${number(sgemmPeak.gflops)} GFLOP/s (${sgemmPeak.of})\n` : ''
  const summary =
    geometricMeanOverBestPeer === undefined
      ? ''
      : `\n\nBest peer's time over ours, geometric mean of the workloads: ${number(geometricMeanOverBestPeer)}×\n`
  return `${peak}${sections.join('\n')}${summary}\n${flopsFormula}\n`
}

function coldMarkdown({ results, left_out, samples, data }: ColdReport): string {
  const rows = results.map((r) => [
    r.contestant,
    number(r.medianSeconds),
    ratio(r.timeRatio),
    number(r.peakMiB),
    number(r.memoryRatio),
    number(r.loss),
  ])
  return (
    `From process start to the end of one epoch of the sparse model, ${samples} samples, ${data}\n\n` +
    table(['', 'seconds', 'ours over its (least–most)', 'peak MiB', 'ours over its', 'loss'], rows) +
    left_out.map(({ engine, why }) => `\nNot measured: ${engine}, ${why}`).join('')
  )
}

function compileMarkdown({ workloads, left_out }: CompileReport): string {
  const rows = workloads.map(({ id, openMs, compileMs }) => [id, ratio(openMs), ratio(compileMs)])
  return (
    `\n${table(['workload', 'open, ms', 'trace and compile, ms'], rows)}` +
    left_out.map(({ engine, why }) => `\nNot measured: ${engine}, ${why}`).join('')
  )
}

function ratio({ median, least, most }: Spread): string {
  return `${number(median)} (${number(least)}–${number(most)})`
}

/** Three digits. */
function number(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toString() : String(Number(value.toPrecision(3)))
}

/** A Markdown table whose columns line up as text too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, 3, ...rows.map((row) => row[i]!.length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
