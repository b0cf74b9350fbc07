import { CliError } from '../../cli-error.ts'
import type { OutputFormat } from '../../output/output-format.ts'
import type { PrintedRecord } from '../../records/printed-record.ts'
import { parseRecordFormat } from '../../records/record-format.ts'

/** How records are printed: by `-f`, as JSON like kcat's, one a line, or just the value and a line's end. */
export function recordPrinter(
  format: string | undefined,
  output: OutputFormat | undefined,
): (record: PrintedRecord) => Uint8Array | string {
  if (format !== undefined) return parseRecordFormat(format)
  switch (output) {
    case undefined:
      return parseRecordFormat('%s\n')
    case 'table':
      return parseRecordFormat('%t:%p:%o\t%k\t%s\n')
    case 'json':
    case 'jsonl':
      return (record) => `${JSON.stringify(envelope(record))}\n`
    case 'yaml':
      throw new CliError('INVALID_OPTION', 'records are printed as table, json or jsonl; or by -f')
  }
}

/** The names that kcat's `-J` has. */
function envelope({
  topic,
  partition,
  offset,
  timestampMs,
  headers,
  key,
  value,
}: PrintedRecord): Record<string, unknown> {
  return {
    topic,
    partition,
    offset,
    ts: timestampMs,
    headers: headers.flatMap((header) => [header.key, header.value?.toString() ?? null]),
    key: key?.toString() ?? null,
    payload: value?.toString() ?? null,
  }
}
