import type { Admin, OffsetSpec, PartitionRef } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import type { OffsetBounds, OffsetPoint } from '../../records/offset-bounds.ts'

/** What is to be read of one partition: from `start`, up to and without `stop`; for ever without it. */
export interface Span extends PartitionRef {
  readonly start: number
  readonly stop: number | undefined
}

/** Where reading starts and stops in each partition; from the beginning when nothing is said. */
export async function findSpans(
  admin: Admin,
  partitions: readonly PartitionRef[],
  bounds: OffsetBounds,
): Promise<Span[]> {
  const at = async (spec: OffsetSpec): Promise<number[]> => {
    const listed = await admin.listOffsets(partitions.map(({ topic, partition }) => ({ topic, partition, spec })))
    return listed.map(({ offset }) => offset)
  }
  const [first, last] = await Promise.all([at('earliest'), at('latest')])
  const resolve = async (point: OffsetPoint): Promise<number[]> => {
    if (point.kind === 'stored') {
      throw new CliError('INVALID_OPTION', 'only a group has stored offsets: name it with -G')
    }
    if (point.kind === 'timestamp') {
      const found = await at({ timestampMs: point.timestampMs })
      return found.map((offset, index) => (offset < 0 ? (last[index] ?? 0) : offset))
    }
    return partitions.map((_partition, index) => placeOf(point, first[index] ?? 0, last[index] ?? 0))
  }
  const starts = await resolve(bounds.start ?? { kind: 'beginning' })
  const stops = bounds.stop === undefined ? [] : await resolve(bounds.stop)
  return partitions.map(({ topic, partition }, index) => ({
    topic,
    partition,
    start: starts[index] ?? 0,
    stop: stops[index],
  }))
}

function placeOf(point: OffsetPoint, first: number, last: number): number {
  switch (point.kind) {
    case 'offset':
      return point.offset
    case 'beforeEnd':
      return last - point.count > first ? last - point.count : first
    case 'end':
      return last
    default:
      return first
  }
}
