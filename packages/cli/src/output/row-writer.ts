import type { ProcessContext } from '../command-context.ts'
import type { Terminal } from '../terminal.ts'
import type { OutputFormat } from './output-format.ts'
import { plainValue, renderTable } from './render-rows.ts'
import type { Row, TableStyle } from './render-rows.ts'
import { tableStyle } from './table-style.ts'

/** So many rows decide how wide the columns of a table are; those behind them may be wider. */
const measuredRows = 200
/** So many rows go out at once. */
const rowsAtOnce = 200

/** Prints rows as they come, however many: only a part of them is in memory. What comes out is what `renderRows` makes of the same rows. */
export class RowWriter {
  readonly #terminal: Terminal
  readonly #style: TableStyle
  readonly #format: OutputFormat
  readonly #columns: readonly string[]
  #waiting: Row[] = []
  #widths: readonly number[] | undefined
  #count = 0

  constructor(
    context: Pick<ProcessContext, 'terminal' | 'environment'>,
    format: OutputFormat,
    columns: readonly string[],
  ) {
    this.#terminal = context.terminal
    this.#style = tableStyle(context)
    this.#format = format
    this.#columns = columns
  }

  /** How many there were. */
  get count(): number {
    return this.#count
  }

  async write(row: Row): Promise<void> {
    this.#count++
    this.#waiting.push(row)
    if (this.#waiting.length >= (this.#widths === undefined ? measuredRows : rowsAtOnce)) await this.flush()
  }

  /** Prints what waits. */
  async flush(): Promise<void> {
    const rows = this.#waiting
    if (rows.length === 0) return
    this.#waiting = []
    const isFirst = this.#count === rows.length
    await this.#terminal.write(await this.#render(rows, isFirst))
  }

  /** Prints what waits, and what stands behind all rows. */
  async end(): Promise<void> {
    await this.flush()
    if (this.#format === 'json') await this.#terminal.write(this.#count === 0 ? '[]\n' : '\n]\n')
    if (this.#count > 0) return
    if (this.#format === 'table') await this.#terminal.write(renderTable([], this.#columns, this.#style).text)
    if (this.#format === 'yaml') await this.#terminal.write('[]\n')
  }

  async #render(rows: readonly Row[], isFirst: boolean): Promise<string> {
    switch (this.#format) {
      case 'table': {
        const { text, widths } = renderTable(rows, this.#columns, { ...this.#style, widthsBefore: this.#widths })
        this.#widths = widths
        return text
      }
      case 'json': {
        const texts = rows.map((row) => JSON.stringify(row, plainValue, 2).replaceAll(/^/gm, '  '))
        return `${isFirst ? '[\n' : ',\n'}${texts.join(',\n')}`
      }
      case 'jsonl':
        return rows.map((row) => `${JSON.stringify(row, plainValue)}\n`).join('')
      case 'yaml': {
        const { stringify } = await import('yaml')
        return stringify(JSON.parse(JSON.stringify(rows, plainValue)))
      }
    }
  }
}
