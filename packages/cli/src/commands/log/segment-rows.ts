import { DecodeError } from '@odradek/base'
import { parseEndTransaction } from '@odradek/kafka-protocol'
import type { BatchRecord } from '@odradek/kafka-protocol'
import type { DumpedBatch } from '@odradek/storage'
import type { Cell, Row } from '../../output/render-rows.ts'
import { bytesText, decodeCoordinatorRecord } from './coordinator-records.ts'
import type { CoordinatorTopic } from './coordinator-records.ts'

export const batchColumns = [
  'position',
  'baseOffset',
  'lastOffset',
  'records',
  'timestampMs',
  'compression',
  'sizeBytes',
  'producerId',
  'epoch',
  'sequence',
  'flags',
  'leaderEpoch',
] as const
export const recordColumns = ['offset', 'timestampMs', 'key', 'value', 'headers'] as const
export const coordinatorColumns = ['offset', 'timestampMs', 'type', 'key', 'value'] as const

/** A batch as its header says it. */
export function batchRow({ position, batch, fault }: DumpedBatch): Row {
  const flags = [
    ...(batch.isTransactional ? ['transactional'] : []),
    ...(batch.isControl ? ['control'] : []),
    ...(batch.timestampType === 'append' ? ['append-time'] : []),
    ...(batch.deleteHorizonMs === undefined ? [] : [`delete-horizon=${batch.deleteHorizonMs}`]),
    ...(batch.magic < 2 ? [`magic-${batch.magic}`] : []),
    ...(fault === undefined ? [] : ['damaged']),
  ]
  return {
    position,
    baseOffset: orNull(() => batch.baseOffset),
    lastOffset: batch.lastOffset,
    records: orNull(() => batch.recordCount),
    timestampMs: batch.maxTimestampMs,
    compression: orNull(() => batch.compression),
    sizeBytes: batch.sizeInBytes,
    producerId: batch.producerId < 0 ? null : batch.producerId,
    epoch: batch.producerId < 0 ? null : batch.producerEpoch,
    sequence: batch.baseSequence < 0 ? null : batch.baseSequence,
    flags,
    leaderEpoch: batch.partitionLeaderEpoch,
  }
}

/** What only the records of an old, compressed and damaged batch could tell. */
function orNull<Value>(read: () => Value): Value | null {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return null
  }
}

export function recordRow(record: BatchRecord, isControl: boolean): Row {
  const { offset, timestampMs, key, value, headers } = record
  if (isControl) {
    const marker = parseEndTransaction(record)
    const text =
      marker === undefined ? 'control record' : `${marker.outcome} by coordinator epoch ${marker.coordinatorEpoch}`
    return { offset, timestampMs, key: null, value: text, headers: [] }
  }
  return {
    offset,
    timestampMs,
    key: key && bytesText(key),
    value: value && bytesText(value),
    headers: headers.map((header) => `${header.key}=${header.value === null ? 'NULL' : bytesText(header.value)}`),
  }
}

/** A record of a coordinator; one of a kind that is not known as the bytes that it is. */
export function coordinatorRow(topic: CoordinatorTopic, record: BatchRecord, isControl: boolean): Row {
  if (isControl) return { ...recordRow(record, true), type: 'control' }
  const { offset, timestampMs, key, value } = record
  try {
    const decoded = decodeCoordinatorRecord(topic, key, value)
    return { offset, timestampMs, type: decoded.type, key: decoded.key as Cell, value: decoded.value as Cell }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const { key: keyText = null, value: valueText = null } = recordRow(record, false)
    return { offset, timestampMs, type: `not known: ${error.message}`, key: keyText, value: valueText }
  }
}
