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
