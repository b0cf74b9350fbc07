import type { OutputFormat } from './output-format.ts'
import { fittedWidths, wrapped } from './wrap-cells.ts'

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
  style: TableStyle = {},
): Promise<string> {
  switch (format) {
    case 'table':
      return renderTable(rows, columns ?? Object.keys(rows[0] ?? {}), style).text
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

export interface TableStyle {
  /** How wide a terminal is: cells are broken into lines, so that the table fits. Without it a row is a line. */
  readonly columnsMax?: number
  /** Those of a table that these rows continue: its header is not said again. */
  readonly widthsBefore?: readonly number[] | undefined
  /** Paints the line of the header, or one of a row. */
  readonly paint?: ((line: string, isHeader: boolean) => string) | undefined
}

/** Rows as columns. */
export function renderTable(
  rows: readonly Row[],
  columns: readonly string[],
  { columnsMax, widthsBefore, paint = (line) => line }: TableStyle = {},
): RenderedTable {
  if (columns.length === 0) return { text: '', widths: [] }
  const header = columns.map((name) => name.replaceAll(/([a-z\d])([A-Z])/g, '$1-$2').toUpperCase())
  const cells = rows.map((row) => columns.map((name) => cellText(row[name] ?? null)))
  const toTheRight = columns.map(
    (name) =>
      rows.length > 0 && rows.every((row) => ['number', 'bigint'].includes(typeof row[name]) || row[name] === null),
  )
  const widest = header.map((name, column) =>
    cells.reduce((most, row) => Math.max(most, (row[column] ?? '').length), widthsBefore?.[column] ?? name.length),
  )
  const isFixed = widest.map((width, column) => toTheRight[column] === true || width === header[column]?.length)
  const widths = columnsMax === undefined ? widest : fittedWidths(widest, isFixed, columnsMax)
  const lines = (texts: readonly string[], isHeader: boolean): string => {
    const parts = texts.map((text, column) => wrapped(text, widths[column] ?? 0))
    const height = Math.max(...parts.map(({ length }) => length))
    return Array.from({ length: height }, (_unused, index) => {
      const line = parts
        .map((part, column) => {
          const text = part[index] ?? ''
          return toTheRight[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)
        })
        .join('  ')
        .trimEnd()
      return `${paint(line, isHeader)}\n`
    }).join('')
  }
  const head = widthsBefore === undefined ? lines(header, true) : ''
  return { text: head + cells.map((texts) => lines(texts, false)).join(''), widths }
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
