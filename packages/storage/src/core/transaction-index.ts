import { ByteReader, ByteWriter } from '@odradek/base'
import { StorageError } from '../storage-error.ts'
import type { AbortedTransaction } from './producer/producer-states.ts'

const version = 0
/** version int16, then producer id, first offset, last offset, last stable offset as int64 each. */
export const abortedTransactionBytes = 34

export function encodeAbortedTransaction(transaction: AbortedTransaction): Buffer {
  const writer = new ByteWriter(abortedTransactionBytes)
  writer.int16(version)
  writer.int64FromNumber(transaction.producerId)
  writer.int64FromNumber(transaction.firstOffset)
  writer.int64FromNumber(transaction.lastOffset)
  writer.int64FromNumber(transaction.lastStableOffset)
  return writer.concat()
}

/** The entries of a segment's `.txnindex`, ordered by last offset. Throws `StorageError` CORRUPT_FILE. */
export function decodeTransactionIndex(content: Buffer, path: string): AbortedTransaction[] {
  if (content.length % abortedTransactionBytes !== 0) {
    throw new StorageError('CORRUPT_FILE', `${path}: ${content.length} bytes are no whole number of entries`)
  }
  const reader = new ByteReader(content)
  const transactions: AbortedTransaction[] = []
  let lastOffset = -1
  while (reader.remaining > 0) {
    const found = reader.int16()
    if (found !== version) throw new StorageError('CORRUPT_FILE', `${path}: entry of version ${found}`)
    const transaction = {
      producerId: reader.int64AsNumber(),
      firstOffset: reader.int64AsNumber(),
      lastOffset: reader.int64AsNumber(),
      lastStableOffset: reader.int64AsNumber(),
    }
    if (transaction.lastOffset <= lastOffset)
      throw new StorageError('CORRUPT_FILE', `${path}: last offsets do not grow`)
    lastOffset = transaction.lastOffset
    transactions.push(transaction)
  }
  return transactions
}
