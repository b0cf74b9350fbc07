/** `auto.offset.reset`: where to begin when no position is known, or the known one is out of range. */
export type OffsetReset =
  | { readonly kind: 'earliest' | 'latest' | 'none' }
  /** The first record that is at most so old (KIP-1106). */
  | { readonly kind: 'by_duration'; readonly durationMs: number }

const units = { D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 } as const

/** Undefined for what is none. */
export function parseOffsetReset(text: string): OffsetReset | undefined {
  if (text === 'earliest' || text === 'latest' || text === 'none') return { kind: text }
  const match = /^by_duration:P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text)
  if (match === null || match.slice(1).every((part) => part === undefined)) return undefined
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0))
  const durationMs = days * units.D + hours * units.H + minutes * units.M + seconds * units.S
  return { kind: 'by_duration', durationMs }
}

/** What ListOffsets is asked for: -2 is the beginning, -1 the end, others are wall milliseconds. Undefined: there is no reset. */
export function resetTimestampMs(reset: OffsetReset, wallMs: number): number | undefined {
  switch (reset.kind) {
    case 'earliest':
      return -2
    case 'latest':
      return -1
    case 'by_duration':
      return wallMs - reset.durationMs
    case 'none':
      return undefined
  }
}
