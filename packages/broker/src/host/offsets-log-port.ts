import type { LogPort } from '@odradek/coordinator'
import type { Partition } from './partition/partition.ts'

/** A partition of a coordinator's topic as its coordinator writes and reads it: acks=all, at the coordinator's own risk of what is in it. */
export function offsetsLogPort(partition: Partition): LogPort {
  return {
    get logStartOffset() {
      return partition.logStartOffset
    },
    get logEndOffset() {
      return partition.logEndOffset
    },
    get highWatermark() {
      return partition.highWatermark
    },
    append: (records) => partition.appendAsLeader(records, { requiredAcks: -1, origin: 'coordinator' }),
    read: (offset, sizeBytesMax) =>
      partition.log.read(offset, sizeBytesMax, { minOneMessage: true, upperBoundOffset: partition.logEndOffset })
        .chunks,
    onHighWatermark: (listener) => partition.onHighWatermark(listener),
  }
}
