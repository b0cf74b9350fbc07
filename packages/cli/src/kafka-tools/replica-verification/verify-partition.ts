import { batchesOf } from '@odradek/kafka-protocol'
import type { PartitionRef } from '@odradek/client'
import { partitionName } from '../partition-name.ts'

/** What one replica has of a partition from an offset on, and how far it knows the partition to be committed. */
export interface ReplicaPiece {
  readonly brokerId: number
  readonly records: Buffer
  readonly highWatermark: number
}

export interface Verified {
  /** Where all replicas are the same up to; from here the next look begins. */
  readonly nextOffset: number
  /** By how much the replica that is behind most, or this look, is behind the end. */
  readonly lag: number
  /** What differs: two batches at one offset. */
  readonly differences: readonly string[]
  /** Two replicas have batches that end elsewhere: nothing behind them can be compared. */
  readonly mismatch: string | undefined
}

/** Compares the batches that replicas have from `offset` on, one after the other as far as all have them, by last offset and checksum; as Kafka's tool says it. */
export function verifyPartition(place: PartitionRef, offset: number, pieces: readonly ReplicaPiece[]): Verified {
  const name = partitionName(place)
  const batches = pieces.map(({ records, highWatermark }) =>
    [...batchesOf(records)].filter(({ lastOffset }) => lastOffset >= offset && lastOffset < highWatermark),
  )
  const common = Math.min(...batches.map(({ length }) => length))
  const differences: string[] = []
  let nextOffset = offset
  let mismatch: string | undefined
  for (let index = 0; index < common && mismatch === undefined; index++) {
    const first = batches[0]?.[index]
    if (first === undefined) break
    for (const [replica, ofReplica] of batches.entries()) {
      const batch = ofReplica[index]
      if (batch === undefined || replica === 0) continue
      const [a, b] = [pieces[0]?.brokerId, pieces[replica]?.brokerId]
      if (batch.lastOffset !== first.lastOffset) {
        mismatch = `partition ${name}: replica ${a}'s offset ${first.lastOffset} doesn't match replica ${b}'s offset ${batch.lastOffset}`
        break
      }
      if (batch.crc !== first.crc) {
        differences.push(
          `partition ${name} has unmatched checksum at offset ${batch.lastOffset}; replica ${a}'s checksum ${first.crc}; replica ${b}'s checksum ${batch.crc}`,
        )
      }
    }
    if (mismatch === undefined) nextOffset = first.nextOffset
  }
  const end = Math.max(...pieces.map(({ highWatermark }) => highWatermark))
  return { nextOffset, lag: end - nextOffset, differences, mismatch }
}
