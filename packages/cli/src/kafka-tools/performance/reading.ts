import { commandConfig } from '../kafka-tool.ts'
import type { ToolOption } from '../tool-options.ts'

/** What the tools that measure consumers and share consumers both take. */
export const readingOptions: readonly ToolOption[] = [
  { name: 'messages', value: 'number', description: 'how many records to read' },
  { name: 'num-records', value: 'number', description: 'as --messages' },
  { name: 'socket-buffer-size', value: 'bytes', description: 'taken, and not needed' },
  { name: 'consumer.config', value: 'file', description: 'a .properties file with properties of the consumer' },
  commandConfig,
  { name: 'command-property', value: 'key=value', description: 'a property of the consumer' },
  { name: 'print-metrics', description: "refused: the client's metrics are not kept" },
  { name: 'show-detailed-stats', description: 'a line for each interval' },
  { name: 'timeout', value: 'ms', description: 'how long nothing may come; default 10000' },
  { name: 'reporting-interval', value: 'ms', description: 'how long an interval is; default 5000' },
  { name: 'date-format', value: 'format', description: 'how times are printed; default yyyy-MM-dd HH:mm:ss:SSS' },
  { name: 'hide-header', description: 'no line with the names of the columns' },
]

/** What was read. */
export interface Amount {
  bytes: number
  count: number
}

/** What a batch adds to it: bytes of keys and values, and records. */
export function amountOf(
  records: readonly { readonly key: Uint8Array | null; readonly value: Uint8Array | null }[],
): Amount {
  const bytes = records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0)
  return { bytes, count: records.length }
}

/** What was read since. */
export function amountSince(total: Amount, before: Amount): Amount {
  return { bytes: total.bytes - before.bytes, count: total.count - before.count }
}

/** Bytes as the tools print them: `12.3456`. */
export function megabytes(bytes: number): string {
  return inMegabytes(bytes).toFixed(4)
}

export function inMegabytes(bytes: number): number {
  return bytes / (1024 * 1024)
}

/** So much a second, with four places; 0.0000 where there was no time. */
export function perSecond(amount: number, durationMs: number): string {
  return (durationMs <= 0 ? 0 : (1000 * amount) / durationMs).toFixed(4)
}
