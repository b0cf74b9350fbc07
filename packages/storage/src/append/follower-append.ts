import { KafkaError, RecordBatch } from '@odradek/kafka-protocol'
import { batchProbeBytes, batchSizeBytes } from '../core/batch-bytes.ts'

/**
 * The batches that a leader sent, an incomplete one at the end left out. They were checked by the leader, so only what the way
 * may have done to them is looked at. Throws `KafkaError` CORRUPT_MESSAGE, and OFFSET_OUT_OF_RANGE when they begin before `logEndOffset`
 * or go back.
 */
export function parseFollowerAppend(records: Buffer, logEndOffset: number): RecordBatch[] {
  const batches: RecordBatch[] = []
  let position = 0
  let nextOffset = logEndOffset
  while (records.length - position >= batchProbeBytes) {
    const sizeBytes = batchSizeBytes(records, position)
    if (sizeBytes === 0)
      throw new KafkaError('CORRUPT_MESSAGE', 'a record batch from the leader states an impossible size')
    if (sizeBytes > records.length - position) break
    const batch = new RecordBatch(records, position)
    if (!batch.isCrcValid())
      throw new KafkaError('CORRUPT_MESSAGE', 'the checksum of a record batch from the leader does not match')
    const firstOffset = batch.magic >= 2 ? batch.baseOffset : batch.lastOffset
    if (firstOffset < nextOffset) {
      throw new KafkaError(
        'OFFSET_OUT_OF_RANGE',
        `the leader sent offset ${firstOffset} where ${nextOffset} or later is expected`,
      )
    }
    nextOffset = batch.lastOffset + 1
    batches.push(batch)
    position += sizeBytes
  }
  if (batches.length === 0) throw new KafkaError('CORRUPT_MESSAGE', 'no complete record batch')
  return batches
}
