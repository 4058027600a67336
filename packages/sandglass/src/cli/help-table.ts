/** Two or more columns, all but the last as wide as they need. */
export function table(rows: readonly (readonly string[])[], indent = '  '): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(
      (row) =>
        indent + row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n')
}

const WIDTH = 110

/** As `table`, for two columns; what is too long for a line goes on under its own column. */
export function wrappedTable(rows: readonly (readonly [string, string])[], indent = '  '): string {
  const width = Math.max(...rows.map(([first]) => first.length))
  const column = indent.length + width + 2
  return rows
    .map(([first, second]) => {
      const lines = wrap(second, Math.max(40, WIDTH - column))
      return lines
        .map((line, i) => (i ? ' '.repeat(column) : `${indent}${first.padEnd(width)}  `) + line)
        .join('\n')
    })
    .join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
