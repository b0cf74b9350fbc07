/** Columns as Java's `%-15s` makes them: each value padded to its width, one blank between, the last as it is. */
export function columnsLine(values: readonly (string | number)[], widths: readonly number[]): string {
  return values
    .map((value, index) => (index < widths.length ? String(value).padEnd(widths[index] ?? 0) : String(value)))
    .join(' ')
}

/** Lines with a header, each column as wide as its widest value and at least as `least` says. */
export function columnsTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  least: readonly number[],
): string[] {
  const widths = least.map((width, column) =>
    rows.reduce((most, row) => Math.max(most, String(row[column]).length), width),
  )
  return [header, ...rows].map((row) => columnsLine(row, widths))
}

/** Lines with a header, each column as wide as its widest value, a tab behind each: as the tools of transactions and the quorum have them. */
export function tabbedTable(header: readonly string[], rows: readonly (readonly unknown[])[]): string[] {
  const texts = [header, ...rows.map((row) => row.map(String))]
  const widths = header.map((_title, column) =>
    texts.reduce((most, row) => Math.max(most, (row[column] ?? '').length), 0),
  )
  return texts.map((row) => row.map((value, column) => `${value.padEnd(widths[column] ?? 0)}\t`).join(''))
}
