import { StorageError } from '../storage-error.ts'
import { checkpointLines } from './checkpoint-lines.ts'

/** One line of an offset checkpoint. */
export interface PartitionOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/**
 * The file behind `recovery-point-offset-checkpoint` and its siblings, version 0:
 *
 *     0
 *     <count>
 *     <topic> <partition> <offset>
 */
export function encodeOffsetCheckpoint(entries: readonly PartitionOffset[]): Buffer {
  const lines = entries.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}\n`)
  return Buffer.from(`0\n${entries.length}\n${lines.join('')}`)
}

/** Throws `StorageError` CORRUPT_FILE, which names `path`. */
export function decodeOffsetCheckpoint(content: Buffer, path: string): PartitionOffset[] {
  return checkpointLines(content, path, 3).map(([topic, partition, offset]) => {
    const entry = { topic: topic as string, partition: Number(partition), offset: Number(offset) }
    if (!Number.isSafeInteger(entry.partition) || !Number.isSafeInteger(entry.offset)) {
      throw new StorageError(
        'CORRUPT_FILE',
        `${path}: "${topic} ${partition} ${offset}" is not "topic partition offset"`,
      )
    }
    return entry
  })
}
