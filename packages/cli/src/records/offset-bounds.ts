import { CliError } from '../cli-error.ts'

/**
 * Where reading starts or ends in each partition: its two ends, what the group has stored, a number, so many before the end, or the
 * first record at or after a time.
 */
export type OffsetPoint =
  | { readonly kind: 'beginning' | 'end' | 'stored' }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'beforeEnd'; readonly count: number }
  | { readonly kind: 'timestamp'; readonly timestampMs: number }

/** From where to read, and up to where (exclusive); without `stop` for ever. */
export interface OffsetBounds {
  readonly start?: OffsetPoint
  readonly stop?: OffsetPoint
}

/**
 * One value of kcat's `-o`, laid over those before it: `beginning`, `end`, `stored`, an offset, `-N` for the last N, `s@T` and `e@T`
 * for first and last time. T is in ms since 1970 or a date such as 2026-11-25T10:00:00Z; `s@A..e@B` gives both at once.
 */
export function parseOffsetBounds(given: string, before: OffsetBounds = {}): OffsetBounds {
  const [from = '', to, ...rest] = given.split('..')
  if (to !== undefined && rest.length === 0) return parseOffsetBounds(to, parseOffsetBounds(from, before))
  if (given.startsWith('e@')) return { ...before, stop: { kind: 'timestamp', timestampMs: parseTime(given.slice(2)) } }
  return { ...before, start: parseOffsetPoint(given) }
}

/** One place: `beginning`, `end`, `stored`, an offset, `-N`, or `s@TIME`. */
export function parseOffsetPoint(given: string): OffsetPoint {
  if (given.startsWith('s@')) return { kind: 'timestamp', timestampMs: parseTime(given.slice(2)) }
  if (given === 'beginning' || given === 'earliest') return { kind: 'beginning' }
  if (given === 'end' || given === 'latest') return { kind: 'end' }
  if (given === 'stored') return { kind: 'stored' }
  if (/^-\d{1,18}$/.test(given)) return { kind: 'beforeEnd', count: Number(given.slice(1)) }
  if (/^\d{1,18}$/.test(given)) return { kind: 'offset', offset: Number(given) }
  throw new CliError(
    'INVALID_OPTION',
    `-o takes beginning, end, stored, an offset, -N for the last N, s@TIME or e@TIME, not "${given}"`,
  )
}

function parseTime(given: string): number {
  if (/^\d{1,18}$/.test(given)) return Number(given)
  const milliseconds = Date.parse(given)
  if (Number.isNaN(milliseconds)) {
    throw new CliError(
      'INVALID_OPTION',
      `a time is in ms since 1970 or a date such as 2026-11-25T10:00:00Z, not "${given}"`,
    )
  }
  return milliseconds
}
