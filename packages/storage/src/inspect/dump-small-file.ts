import type { Disk } from '@odradek/base'
import { decodeLeaderEpochCheckpoint } from '../checkpoint/leader-epoch-checkpoint.ts'
import { decodeMetaProperties } from '../checkpoint/meta-properties.ts'
import { decodeOffsetCheckpoint } from '../checkpoint/offset-checkpoint.ts'
import { decodePartitionMetadata } from '../checkpoint/partition-metadata.ts'
import { decodeProducerSnapshot } from '../core/producer/producer-snapshot.ts'
import { decodeTransactionIndex } from '../core/transaction-index.ts'
import {
  cleanerCheckpointName,
  highWatermarkCheckpointName,
  indexSuffix,
  leaderEpochCheckpointName,
  logStartOffsetCheckpointName,
  metaPropertiesName,
  offsetOfFileName,
  partitionMetadataName,
  recoveryPointCheckpointName,
  snapshotSuffix,
  timeIndexSuffix,
  transactionIndexSuffix,
} from '../file-names.ts'
import { StorageError } from '../storage-error.ts'

/** A line of a dump: names as Kafka's documentation has them, all numbers exact. */
export type DumpedEntry = Readonly<Record<string, string | number | null>>

const chunkBytes = 64 * 1024
/** Checkpoints and snapshots are read as a whole: a larger one is none. */
const wholeFileBytesMax = 256 * 1024 * 1024

const offsetCheckpoints = [
  recoveryPointCheckpointName,
  logStartOffsetCheckpointName,
  highWatermarkCheckpointName,
  cleanerCheckpointName,
]

/**
 * The entries of a file beside segments: offset, time and transaction index, producer snapshot, leader epochs, offset checkpoints, partition.metadata,
 * meta.properties; undefined for a name that is none of these. Throws `StorageError` CORRUPT_FILE, with the position in an index.
 */
export function dumpSmallFile(disk: Disk, path: string): Iterable<DumpedEntry> | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const indexBase = offsetOfFileName(name, indexSuffix)
  if (indexBase !== undefined) return dumpOffsetIndex(disk, path, indexBase)
  const timeIndexBase = offsetOfFileName(name, timeIndexSuffix)
  if (timeIndexBase !== undefined) return dumpTimeIndex(disk, path, timeIndexBase)
  if (offsetOfFileName(name, transactionIndexSuffix) !== undefined) {
    return decodeTransactionIndex(readWhole(disk, path), path).map((entry) => ({ ...entry }))
  }
  if (offsetOfFileName(name, snapshotSuffix) !== undefined) {
    return decodeProducerSnapshot(readWhole(disk, path), path).map((entry) => ({
      producerId: entry.producerId,
      producerEpoch: entry.epoch,
      lastSequence: entry.lastSequence,
      lastOffset: entry.lastOffset,
      offsetDelta: entry.lastOffsetDelta,
      lastTimestampMs: entry.lastTimestampMs,
      coordinatorEpoch: entry.coordinatorEpoch,
      transactionFirstOffset: entry.currentTransactionFirstOffset < 0 ? null : entry.currentTransactionFirstOffset,
    }))
  }
  if (name === leaderEpochCheckpointName) {
    return decodeLeaderEpochCheckpoint(readWhole(disk, path), path).map((entry) => ({ ...entry }))
  }
  if (offsetCheckpoints.includes(name)) {
    return decodeOffsetCheckpoint(readWhole(disk, path), path).map((entry) => ({ ...entry }))
  }
  if (name === partitionMetadataName) return [{ topicId: decodePartitionMetadata(readWhole(disk, path), path) }]
  if (name === metaPropertiesName) {
    const { brokerId = null, clusterId = null, others } = decodeMetaProperties(readWhole(disk, path))
    return [{ brokerId, clusterId, ...Object.fromEntries(others) }]
  }
  return undefined
}

function readWhole(disk: Disk, path: string): Buffer {
  const sizeBytes = disk.statusSync(path)?.sizeBytes ?? 0
  if (sizeBytes > wholeFileBytesMax)
    throw new StorageError('CORRUPT_FILE', `${path}: ${sizeBytes} bytes are too many for it`)
  return disk.readFileSync(path)
}

function* dumpOffsetIndex(disk: Disk, path: string, baseOffset: number): Generator<DumpedEntry> {
  let last = -1
  for (const { at, entry } of fixedEntries(disk, path, 8)) {
    const [delta, position] = [entry.readInt32BE(0), entry.readUInt32BE(4)]
    // Room that a broker took in advance and has not given back yet.
    if (delta === 0 && position === 0) continue
    if (delta < last) throw corrupt(path, at, `offset ${baseOffset + delta} goes back behind ${baseOffset + last}`)
    last = delta
    yield { offset: baseOffset + delta, position }
  }
}

function* dumpTimeIndex(disk: Disk, path: string, baseOffset: number): Generator<DumpedEntry> {
  let lastMs = -1
  for (const { at, entry } of fixedEntries(disk, path, 12)) {
    const timestampMs = entry.readInt32BE(0) * 0x1_0000_0000 + entry.readUInt32BE(4)
    const delta = entry.readInt32BE(8)
    if (timestampMs === 0 && delta === 0) continue
    if (timestampMs <= lastMs) throw corrupt(path, at, `timestamp ${timestampMs} goes back behind ${lastMs}`)
    lastMs = timestampMs
    yield { timestampMs, offset: baseOffset + delta }
  }
}

/** The entries of a file of entries of one size, a chunk in memory at a time. */
function* fixedEntries(
  disk: Disk,
  path: string,
  entryBytes: number,
): Generator<{ readonly at: number; readonly entry: Buffer }> {
  const file = disk.openSync(path, 'read')
  try {
    const sizeBytes = file.sizeBytes()
    const chunk = Buffer.alloc(chunkBytes - (chunkBytes % entryBytes))
    for (let start = 0; start < sizeBytes; start += chunk.length) {
      const read = file.readSync(chunk, 0, Math.min(chunk.length, sizeBytes - start), start)
      for (let at = 0; at < read; at += entryBytes) {
        if (read - at < entryBytes) throw corrupt(path, start + at, 'the file ends in the middle of an entry')
        yield { at: start + at, entry: chunk.subarray(at, at + entryBytes) }
      }
      if (read < chunk.length) return
    }
  } finally {
    file.closeSync()
  }
}

function corrupt(path: string, at: number, what: string): StorageError {
  return new StorageError('CORRUPT_FILE', `${path}: at byte ${at}: ${what}`)
}
