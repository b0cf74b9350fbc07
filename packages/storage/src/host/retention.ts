import type { LogConfig } from '../log-config.ts'

interface SegmentFacts {
  readonly baseOffset: number
  readonly sizeBytes: number
  readonly largestTimestampMs: number
}

interface LogFacts {
  readonly nowMs: number
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly highWatermark: number
}

/**
 * The oldest segments that retention allows to go: those wholly below the log start offset, then, with cleanup policy `delete`,
 * those without which the log is still `retention.bytes` long, then those whose newest record is older than `retention.ms`. Never beyond
 * the high watermark, and never an active segment that is empty.
 */
export function deletableSegments<Segment extends SegmentFacts>(
  segments: readonly Segment[],
  config: LogConfig,
  { nowMs, logStartOffset, logEndOffset, highWatermark }: LogFacts,
): Segment[] {
  let count = 0
  const takeWhile = (predicate: (segment: Segment, next: Segment | undefined) => boolean): void => {
    for (; count < segments.length; count++) {
      const segment = segments[count] as Segment
      const next = segments[count + 1]
      const isReplicated = highWatermark >= (next?.baseOffset ?? logEndOffset)
      if (!isReplicated || (next === undefined && segment.sizeBytes === 0) || !predicate(segment, next)) return
    }
  }
  takeWhile((_, next) => next !== undefined && next.baseOffset <= logStartOffset)
  if (config.cleanupDelete && config.retentionBytes >= 0) {
    let surplusBytes = segments.slice(count).reduce((sum, segment) => sum + segment.sizeBytes, -config.retentionBytes)
    takeWhile(({ sizeBytes }) => {
      surplusBytes -= sizeBytes
      return surplusBytes >= 0
    })
  }
  if (config.cleanupDelete && config.retentionMs >= 0) {
    takeWhile(({ largestTimestampMs }) => nowMs - largestTimestampMs > config.retentionMs)
  }
  return segments.slice(0, count)
}
