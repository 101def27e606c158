export interface Column<Row> {
  readonly title: string
  readonly of: (row: Row) => string
}

/** A text table: the first column to the left, figures to the right. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ of }) => of(row)))]
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  const pad = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
  const lines = cells.map((line) => line.map(pad).join('  ').trimEnd())
  lines.splice(1, 0, widths.map((width) => '─'.repeat(width)).join('  '))
  return lines.join('\n')
}

/** A figure of a row, and how it compares with another: `3,512 (0.93×)`. */
export function compared(value: number, reference: number | undefined, digits = 0): string {
  const text = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return reference === undefined ? text : `${text} (${(value / reference).toFixed(2)}×)`
}
