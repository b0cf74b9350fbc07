import { DecodeError } from '@odradek/base'
import { decompress, encodeRecordBatch, KafkaError, RecordBatch } from '@odradek/kafka-protocol'
import type { Compression } from '@odradek/kafka-protocol'
import type { AppendOrigin } from '../core/producer/producer-states.ts'
import type { LogConfig } from '../log-config.ts'
import { RecordValidationError, invalidRecords } from './record-validation-error.ts'
import { RecordWalker } from './record-walker.ts'

/** A compressed batch may grow to this when its records are looked at: what is beyond is taken for an attack. */
const decompressedBytesMax = 256 * 1024 * 1024
const batchHeaderBytes = 61
const codecMask = 7
/** zstd */
const codecMax = 4

/** Checks of what a leader appends, and the changes that the topic's configuration asks for. Kafka's rules and order. */
export class LeaderAppend {
  readonly #walker = new RecordWalker()

  /**
   * Finds the batches in `records` and checks each by its header and checksum. An incomplete batch at the end is left out.
   * Throws `KafkaError` INVALID_RECORD, MESSAGE_TOO_LARGE or CORRUPT_MESSAGE.
   */
  parse(records: Buffer, config: LogConfig, origin: AppendOrigin): RecordBatch[] {
    const batches: RecordBatch[] = []
    let position = 0
    while (records.length - position >= batchHeaderBytes) {
      const batch = new RecordBatch(records, position)
      if (batch.sizeInBytes > records.length - position) break
      checkBatch(batch, config, origin)
      batches.push(batch)
      position += batch.sizeInBytes
    }
    if (batches.length === 0) throw invalidRecords('no complete record batch')
    if (origin === 'client' && batches.length > 1)
      throw invalidRecords(`${batches.length} record batches where one is expected`)
    return batches
  }

  /**
   * Checks the records inside, and brings the batch into the form that the topic wants: timestamps, compression. The result is
   * the same batch, changed in place at most, or a new one (only with `mayRebuild`: several batches stay side by side in one
   * buffer). Its offsets are still to be set.
   */
  prepare(
    batch: RecordBatch,
    config: LogConfig,
    origin: AppendOrigin,
    nowMs: number,
    mayRebuild: boolean,
  ): RecordBatch {
    const target = targetCompression(config, batch.compression)
    const isAppendTime = config.timestampType === 'LogAppendTime'
    let maxTimestampMs = batch.maxTimestampMs
    let mustRebuild = mayRebuild && target !== batch.compression && !batch.isControl
    if (config.recordValidation === 'full' && origin === 'client') {
      this.#walk(batch, config, nowMs)
      const { maxTimestampMs: found, isConsecutive } = this.#walker
      maxTimestampMs = found
      if (!isConsecutive && batch.compression === 'none') {
        throw invalidRecords('offset deltas do not count up from 0', 'offset-or-sequence')
      }
      if (!isConsecutive) mustRebuild = true
    } else if (origin === 'client') {
      checkHeaderTimestamps(batch, config, nowMs)
    }
    if (mustRebuild) return rebuild(batch, target, config, nowMs)
    if (isAppendTime) batch.setMaxTimestamp('append', nowMs)
    else if (batch.timestampType !== 'create' || batch.maxTimestampMs !== maxTimestampMs)
      batch.setMaxTimestamp('create', maxTimestampMs)
    return batch
  }

  #walk(batch: RecordBatch, config: LogConfig, nowMs: number): void {
    const { buffer, position, sizeInBytes, compression } = batch
    const isCreateTime = config.timestampType === 'CreateTime'
    const rules = {
      baseTimestampMs: batch.baseTimestampMs,
      requireKey: config.cleanupCompact,
      timestampMinMs: isCreateTime ? nowMs - config.timestampBeforeMaxMs : -Infinity,
      timestampMaxMs: isCreateTime ? nowMs + config.timestampAfterMaxMs : Infinity,
    }
    const start = position + batchHeaderBytes
    const end = position + sizeInBytes
    if (compression === 'none') {
      this.#walker.walk(buffer, start, end, batch.recordCount, rules)
    } else {
      const content = decompressed(compression, buffer.subarray(start, end))
      this.#walker.walk(content, 0, content.length, batch.recordCount, rules)
    }
    this.#throwRecordErrors()
  }

  #throwRecordErrors(): void {
    const { errors, onlyTimestampErrors } = this.#walker
    if (errors.length === 0) return
    const first = errors
      .slice(0, 3)
      .map(({ batchIndex, message }) => `record ${batchIndex}: ${message}`)
      .join('; ')
    throw onlyTimestampErrors
      ? new RecordValidationError(
          'INVALID_TIMESTAMP',
          `One or more records have been rejected due to invalid timestamp (${first})`,
          errors,
        )
      : new RecordValidationError(
          'INVALID_RECORD',
          `One or more records have been rejected due to ${errors.length} record errors in total, of which the first are: ${first}`,
          errors,
          'no-key',
        )
  }
}

function checkBatch(batch: RecordBatch, config: LogConfig, origin: AppendOrigin): void {
  if (batch.magic !== 2) {
    throw invalidRecords(`magic ${batch.magic} where record batches of magic 2 are expected`, 'magic')
  }
  if (origin === 'client' && batch.baseOffset !== 0)
    throw invalidRecords(`base offset ${batch.baseOffset} instead of 0`, 'offset-or-sequence')
  if ((batch.attributes & codecMask) > codecMax) {
    throw new KafkaError('UNSUPPORTED_COMPRESSION_TYPE', `there is no codec ${batch.attributes & codecMask}`)
  }
  if (batch.sizeInBytes > config.maxMessageBytes) throw tooLarge(batch.sizeInBytes, config)
  if (!batch.isCrcValid())
    throw new KafkaError(
      'CORRUPT_MESSAGE',
      `the checksum of the record batch does not match its ${batch.sizeInBytes} bytes`,
    )
  if (origin === 'client') checkClientBatch(batch)
}

/** Throws for numbers that a producer cannot mean; all these faults are counted as one. */
function checkClientBatch(batch: RecordBatch): void {
  const fault = numberingFaultOf(batch)
  if (fault !== undefined) throw invalidRecords(fault, 'offset-or-sequence')
}

function numberingFaultOf(batch: RecordBatch): string | undefined {
  const { recordCount, lastOffsetDelta } = batch
  if (lastOffsetDelta < 0) return `last offset delta ${lastOffsetDelta}`
  if (recordCount <= 0) return `a batch of ${recordCount} records`
  if (recordCount !== lastOffsetDelta + 1)
    return `${recordCount} records, but the last offset delta is ${lastOffsetDelta}`
  if (batch.isControl) return 'clients must not write control records'
  return batch.producerId >= 0 && batch.baseSequence < 0
    ? `sequence ${batch.baseSequence} of producer ${batch.producerId}`
    : undefined
}

function checkHeaderTimestamps(batch: RecordBatch, config: LogConfig, nowMs: number): void {
  if (config.timestampType === 'LogAppendTime' || batch.maxTimestampMs === -1) return
  if (
    batch.baseTimestampMs >= nowMs - config.timestampBeforeMaxMs &&
    batch.maxTimestampMs <= nowMs + config.timestampAfterMaxMs
  )
    return
  throw new RecordValidationError(
    'INVALID_TIMESTAMP',
    `timestamps ${batch.baseTimestampMs} to ${batch.maxTimestampMs} are out of range`,
  )
}

function targetCompression(config: LogConfig, source: Compression): Compression {
  if (config.compressionType === 'producer') return source
  return config.compressionType === 'uncompressed' ? 'none' : config.compressionType
}

function decompressed(compression: Compression, bytes: Buffer): Buffer {
  return asInvalidRecords(() => decompress(compression, bytes, decompressedBytesMax))
}

/** What a decoder finds wrong is the client's fault. */
function asInvalidRecords<Result>(decode: () => Result): Result {
  try {
    return decode()
  } catch (error) {
    throw error instanceof DecodeError ? invalidRecords(`the records cannot be decoded: ${error.message}`) : error
  }
}

/** The same records under another codec. */
function rebuild(batch: RecordBatch, compression: Compression, config: LogConfig, nowMs: number): RecordBatch {
  const isAppendTime = config.timestampType === 'LogAppendTime'
  const level = compressionLevel(compression, config)
  const encoded = encodeRecordBatch({
    records: asInvalidRecords(() => [...batch.records(decompressedBytesMax)]),
    compression,
    ...(level === undefined ? {} : { level }),
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
    isTransactional: batch.isTransactional,
  })
  const rebuilt = new RecordBatch(encoded, 0)
  if (isAppendTime) rebuilt.setMaxTimestamp('append', nowMs)
  if (rebuilt.sizeInBytes > config.maxMessageBytes) throw tooLarge(rebuilt.sizeInBytes, config)
  return rebuilt
}

function compressionLevel(compression: Compression, config: LogConfig): number | undefined {
  if (compression === 'gzip') return config.compressionGzipLevel
  if (compression === 'lz4') return config.compressionLz4Level
  return compression === 'zstd' ? config.compressionZstdLevel : undefined
}

function tooLarge(sizeBytes: number, { maxMessageBytes }: LogConfig): KafkaError {
  return new KafkaError(
    'MESSAGE_TOO_LARGE',
    `a record batch of ${sizeBytes} bytes is above the topic's max.message.bytes of ${maxMessageBytes}`,
  )
}
