// Where the fields of a record batch are (KIP-98). Magic 0 and 1 have the first two, and their magic at the same place.
//
//   0 base offset int64 | 8 length int32, of what follows | 12 leader epoch int32 | 16 magic int8 | 17 CRC-32C uint32, of what follows
//   | 21 attributes int16 | 23 last offset delta int32 | 27 base timestamp int64 | 35 max timestamp int64 | 43 producer id int64
//   | 51 producer epoch int16 | 53 base sequence int32 | 57 record count int32 | 61 records
export const batchAt = {
  baseOffset: 0,
  length: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
  records: 61,
} as const

/** Base offset and length: what stands before the bytes that the length counts. */
export const batchPrefixBytes = 12

/** Bits of the attributes, of old messages too. The lowest three are the codec. */
export const attributeBit = {
  codec: 0x07,
  appendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
  deleteHorizon: 0x40,
} as const
