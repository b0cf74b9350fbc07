/**
 * The few fields of a record batch that reading a log needs, straight from the bytes: reading never looks inside a batch.
 * Old messages (magic 0 and 1) have the same first 17 bytes; their offset is that of the last record inside.
 */

/** Base offset int64, then the size of what follows int32. */
export const batchPrefixBytes = 12
/** The smallest message of magic 0; a batch of any magic tells its size and magic in that many bytes. */
export const batchProbeBytes = 26
/** The header of a batch of magic 2. */
export const batchHeaderBytes = 61
const magicAt = 16
const lastOffsetDeltaAt = 23

export function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * 0x1_0000_0000 + buffer.readUInt32BE(at + 4)
}

export function writeInt64(buffer: Buffer, value: number, at: number): void {
  const high = Math.floor(value / 0x1_0000_0000)
  buffer.writeInt32BE(high, at)
  buffer.writeUInt32BE(value - high * 0x1_0000_0000, at + 4)
}

/** Size of the batch at `at`, its prefix included; 0 when the size it states is impossible. */
export function batchSizeBytes(buffer: Buffer, at: number): number {
  const sizeBytes = buffer.readInt32BE(at + 8) + batchPrefixBytes
  return sizeBytes < ((buffer[at + magicAt] as number) >= 2 ? batchHeaderBytes : batchProbeBytes) ? 0 : sizeBytes
}

/** The batch's header must be wholly in the buffer. */
export function batchLastOffset(buffer: Buffer, at: number): number {
  const offset = readInt64(buffer, at)
  return (buffer[at + magicAt] as number) >= 2 ? offset + buffer.readInt32BE(at + lastOffsetDeltaAt) : offset
}

/** How many whole batches, in bytes, may be taken from `start` on. */
export interface BatchRun {
  sizeBytes: number
  /** Offset after the last batch of the run. */
  nextOffset: number
}

/**
 * Whole batches from `start` to at most `end`, none of which reaches `upperBoundOffset`, together at most `maxBytes`; the first one
 * may be larger when `minOneMessage` is set. `run` is filled, not allocated: this is on the path of every fetch.
 */
export function measureBatches(
  buffer: Buffer,
  start: number,
  end: number,
  maxBytes: number,
  minOneMessage: boolean,
  upperBoundOffset: number,
  run: BatchRun,
): void {
  let at = start
  run.nextOffset = -1
  while (end - at >= batchProbeBytes) {
    const sizeBytes = batchSizeBytes(buffer, at)
    const next = at + sizeBytes
    if (sizeBytes === 0 || next > end) break
    if (next - start > maxBytes && !(minOneMessage && at === start)) break
    const lastOffset = batchLastOffset(buffer, at)
    if (lastOffset >= upperBoundOffset) break
    run.nextOffset = lastOffset + 1
    at = next
  }
  run.sizeBytes = at - start
}

/** Where in `buffer` the first batch with a last offset of at least `offset` begins; `end` when there is none. */
export function findBatch(buffer: Buffer, start: number, end: number, offset: number): number {
  let at = start
  while (end - at >= batchProbeBytes) {
    const sizeBytes = batchSizeBytes(buffer, at)
    if (sizeBytes === 0 || at + sizeBytes > end) return end
    if (batchLastOffset(buffer, at) >= offset) return at
    at += sizeBytes
  }
  return end
}
