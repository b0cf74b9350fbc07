import { ErrorCode } from '@odradek/kafka-protocol'

const batchHeaderSizeBytes = 61
const sizePrefixBytes = 12
const magicOffset = 16
const attributesOffset = 21
const zstdCompression = 4
const compressionMask = 0b111
const transactionalBit = 0b1_0000

export interface RecordsFault {
  readonly errorCode: number
  readonly message: string
}

/**
 * What is wrong with the records of a produce request before the log looks at them: a client sends exactly one batch, in format 2,
 * in a codec that its version of the API knows.
 */
export function recordsFault(
  records: Buffer | null,
  apiVersion: number,
  transactionalId: string | null,
): RecordsFault | undefined {
  const of = `Produce requests with version ${apiVersion}`
  if (records === null || records.length < sizePrefixBytes + 5) {
    return { errorCode: ErrorCode.INVALID_RECORD, message: `${of} must have at least one record batch` }
  }
  const magic = records.readInt8(magicOffset)
  if (magic !== 2) {
    return {
      errorCode: magic < 0 || magic > 2 ? ErrorCode.CORRUPT_MESSAGE : ErrorCode.INVALID_RECORD,
      message: `${of} are only allowed to contain record batches with magic version 2`,
    }
  }
  const sizeBytes = sizePrefixBytes + records.readInt32BE(8)
  if (sizeBytes > records.length) {
    return {
      errorCode: ErrorCode.INVALID_RECORD,
      message: `${of} must have at least one record batch, and this one is cut short`,
    }
  }
  if (sizeBytes < batchHeaderSizeBytes) {
    return { errorCode: ErrorCode.CORRUPT_MESSAGE, message: 'The record batch does not have the size that it says' }
  }
  if (sizeBytes !== records.length) {
    return {
      errorCode: ErrorCode.INVALID_RECORD,
      message: `${of} are only allowed to contain exactly one record batch`,
    }
  }
  const attributes = records.readInt16BE(attributesOffset)
  if ((attributes & compressionMask) === zstdCompression && apiVersion < 7) {
    return {
      errorCode: ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
      message: `${of} are not allowed to use ZStandard compression`,
    }
  }
  if ((attributes & transactionalBit) !== 0) {
    if (transactionalId === null) {
      return {
        errorCode: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        message: 'A batch of a transaction comes in a request that names no transactional id',
      }
    }
    return {
      errorCode: ErrorCode.INVALID_TXN_STATE,
      message: 'The partition is part of no transaction: this broker has no transaction coordinator',
    }
  }
  return undefined
}
