import { ByteReader, ByteWriter, crc32c } from '@odradek/base'
import { StorageError } from '../../storage-error.ts'
import { ProducerEntry } from './producer-entry.ts'

const version = 1
const entryBytes = 46
const entriesStart = 6

/**
 * A producer snapshot (`<offset>.snapshot`): the producers as they were when all batches below that offset had been applied.
 *
 *     version int16 | crc uint32 (CRC-32C of what follows) | count int32 | entries of 46 bytes
 *
 * Of the last five batches only the newest is kept, as in Kafka.
 */
export function encodeProducerSnapshot(entries: Iterable<ProducerEntry>, count: number): Buffer {
  const writer = new ByteWriter(entriesStart + 4 + count * entryBytes)
  writer.int16(version)
  writer.uint32(0)
  writer.int32(count)
  for (const entry of entries) {
    writer.int64FromNumber(entry.producerId)
    writer.int16(entry.epoch)
    writer.int32(entry.lastSequence)
    writer.int64FromNumber(entry.lastOffset)
    writer.int32(entry.lastOffsetDelta)
    writer.int64FromNumber(entry.lastTimestampMs)
    writer.int32(entry.coordinatorEpoch)
    writer.int64FromNumber(entry.currentTransactionFirstOffset)
  }
  const content = writer.concat()
  content.writeUInt32BE(crc32c(content, entriesStart), 2)
  return content
}

/** Throws `StorageError` CORRUPT_FILE: the caller deletes the file and takes an older one. */
export function decodeProducerSnapshot(content: Buffer, path: string): ProducerEntry[] {
  if (content.length < entriesStart + 4) throw corrupt(path, `${content.length} bytes`)
  const reader = new ByteReader(content)
  const found = reader.int16()
  if (found !== version) throw corrupt(path, `version ${found}`)
  if (reader.uint32() !== crc32c(content, entriesStart)) throw corrupt(path, 'its checksum does not match')
  const count = reader.int32()
  if (count < 0 || reader.remaining !== count * entryBytes)
    throw corrupt(path, `${count} entries in ${content.length} bytes`)
  return Array.from({ length: count }, () => decodeEntry(reader))
}

function decodeEntry(reader: ByteReader): ProducerEntry {
  const entry = new ProducerEntry(reader.int64AsNumber())
  const epoch = reader.int16()
  const lastSequence = reader.int32()
  const lastOffset = reader.int64AsNumber()
  const offsetDelta = reader.int32()
  const timestampMs = reader.int64AsNumber()
  entry.epoch = epoch
  if (lastOffset >= 0) entry.addBatch(epoch, { lastSequence, lastOffset, offsetDelta, timestampMs })
  entry.lastTimestampMs = timestampMs
  entry.coordinatorEpoch = reader.int32()
  entry.currentTransactionFirstOffset = reader.int64AsNumber()
  return entry
}

function corrupt(path: string, what: string): StorageError {
  return new StorageError('CORRUPT_FILE', `${path} is not a producer snapshot: ${what}`)
}
