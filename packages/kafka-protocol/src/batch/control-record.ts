import { ByteReader, ByteWriter } from '@odradek/base'
import { controlRecordTypeSchema } from '../messages/control-record-type-schema.ts'
import { endTxnMarker } from '../messages/end-txn-marker.ts'
import { encodeRecordBatch } from './encode-record-batch.ts'
import type { BatchRecord } from './batch-record.ts'

const controlType = { abort: 0, commit: 1 } as const

export interface EndTransactionMarkerInput {
  readonly outcome: 'commit' | 'abort'
  readonly producerId: number
  readonly producerEpoch: number
  /** Of the transaction coordinator that ends the transaction. */
  readonly coordinatorEpoch: number
  readonly timestampMs: number
  readonly baseOffset?: number
  readonly partitionLeaderEpoch?: number
}

/** The control batch that ends a transaction in a partition's log. */
export function endTransactionMarker(input: EndTransactionMarkerInput): Buffer {
  const { outcome, coordinatorEpoch, timestampMs, ...header } = input
  // Key and value begin with the version of their message.
  const key = new ByteWriter(4)
  key.int16(0)
  controlRecordTypeSchema.encode(key, { type: controlType[outcome] }, 0)
  const value = new ByteWriter(6)
  value.int16(0)
  endTxnMarker.encode(value, { coordinatorEpoch }, 0)
  return encodeRecordBatch({
    ...header,
    records: [{ timestampMs, key: key.concat(), value: value.concat() }],
    isTransactional: true,
    isControl: true,
  })
}

export interface EndTransaction {
  readonly outcome: 'commit' | 'abort'
  readonly coordinatorEpoch: number
}

/** What the record of a control batch says about a transaction; undefined for other control records. Throws `DecodeError`. */
export function parseEndTransaction(record: Pick<BatchRecord, 'key' | 'value'>): EndTransaction | undefined {
  if (record.key === null || record.value === null) return undefined
  const key = new ByteReader(record.key)
  key.int16()
  const { type } = controlRecordTypeSchema.decode(key, 0)
  if (type !== controlType.abort && type !== controlType.commit) return undefined
  const value = new ByteReader(record.value)
  value.int16()
  return {
    outcome: type === controlType.commit ? 'commit' : 'abort',
    coordinatorEpoch: endTxnMarker.decode(value, 0).coordinatorEpoch,
  }
}
