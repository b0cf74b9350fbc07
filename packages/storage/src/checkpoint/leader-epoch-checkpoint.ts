import type { EpochEntry } from '../core/leader-epoch-cache.ts'
import { StorageError } from '../storage-error.ts'
import { checkpointLines } from './checkpoint-lines.ts'

/** `leader-epoch-checkpoint`: version 0, count, then `<epoch> <start offset>` a line. */
export function encodeLeaderEpochCheckpoint(entries: readonly EpochEntry[]): Buffer {
  const lines = entries.map(({ epoch, startOffset }) => `${epoch} ${startOffset}\n`)
  return Buffer.from(`0\n${entries.length}\n${lines.join('')}`)
}

/** Throws `StorageError` CORRUPT_FILE. */
export function decodeLeaderEpochCheckpoint(content: Buffer, path: string): EpochEntry[] {
  return checkpointLines(content, path, 2).map(([epoch, startOffset]) => {
    const entry = { epoch: Number(epoch), startOffset: Number(startOffset) }
    if (
      !Number.isSafeInteger(entry.epoch) ||
      !Number.isSafeInteger(entry.startOffset) ||
      entry.epoch < 0 ||
      entry.startOffset < 0
    ) {
      throw new StorageError('CORRUPT_FILE', `${path}: "${epoch} ${startOffset}" is not "epoch offset"`)
    }
    return entry
  })
}
