import type { OutputFormat } from './output-format.ts'

/** A cell: `null` prints as `-` in tables and as null elsewhere; bigints print as numbers where they fit, else as text. */
export type Cell = string | number | bigint | boolean | null | readonly Cell[] | { readonly [name: string]: Cell }

/** What a command prints: one object a row, with the same names in the same order in each. */
export type Row = Readonly<Record<string, Cell>>

/**
 * The rows as text that ends with a line's end; nothing at all for no rows in `jsonl`. In a table the names are the header in capitals,
 * numbers stand to the right, and no line has trailing blanks; `columns` names those of the table when there are no rows, or fewer than all.
 */
export async function renderRows(
  format: OutputFormat,
  rows: readonly Row[],
  columns?: readonly string[],
): Promise<string> {
  switch (format) {
    case 'table':
      return renderTable(rows, columns ?? Object.keys(rows[0] ?? {})).text
    case 'json':
      return `${JSON.stringify(rows, plainValue, 2)}\n`
    case 'jsonl':
      return rows.map((row) => `${JSON.stringify(row, plainValue)}\n`).join('')
    case 'yaml': {
      const { stringify } = await import('yaml')
      return stringify(JSON.parse(JSON.stringify(rows, plainValue)))
    }
  }
}

export interface RenderedTable {
  readonly text: string
  /** Of each column, in characters. */
  readonly widths: readonly number[]
}

/** Rows as columns. `widthsBefore` are those of a table that these rows continue: its header is not said again. */
export function renderTable(
  rows: readonly Row[],
  columns: readonly string[],
  widthsBefore?: readonly number[],
): RenderedTable {
  if (columns.length === 0) return { text: '', widths: [] }
  const header = columns.map((name) => name.replaceAll(/([a-z\d])([A-Z])/g, '$1-$2').toUpperCase())
  const cells = rows.map((row) => columns.map((name) => cellText(row[name] ?? null)))
  const widths = header.map((name, column) =>
    cells.reduce((most, row) => Math.max(most, (row[column] ?? '').length), widthsBefore?.[column] ?? name.length),
  )
  const toTheRight = columns.map(
    (name) =>
      rows.length > 0 && rows.every((row) => ['number', 'bigint'].includes(typeof row[name]) || row[name] === null),
  )
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, column) =>
        toTheRight[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  const lines = widthsBefore === undefined ? [header, ...cells] : cells
  return { text: lines.map((texts) => `${line(texts)}\n`).join(''), widths }
}

function cellText(cell: Cell): string {
  if (cell === null) return '-'
  if (Array.isArray(cell)) return cell.map((part) => cellText(part)).join(',')
  if (typeof cell === 'object') return JSON.stringify(cell, plainValue)
  return String(cell).replaceAll(/[\t\n\r]/g, ' ')
}

/** JSON has no bigint: as a number when it is exact, else as text. */
export function plainValue(_name: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}
