import { ByteReader, DecodeError } from '@odradek/base'
import type { Message } from '@odradek/kafka-protocol'
import { consumerGroupCurrentMemberAssignmentKey } from '@odradek/kafka-protocol/messages/consumer-group-current-member-assignment-key'
import { consumerGroupCurrentMemberAssignmentValue } from '@odradek/kafka-protocol/messages/consumer-group-current-member-assignment-value'
import { consumerGroupMemberMetadataKey } from '@odradek/kafka-protocol/messages/consumer-group-member-metadata-key'
import { consumerGroupMemberMetadataValue } from '@odradek/kafka-protocol/messages/consumer-group-member-metadata-value'
import { consumerGroupMetadataKey } from '@odradek/kafka-protocol/messages/consumer-group-metadata-key'
import { consumerGroupMetadataValue } from '@odradek/kafka-protocol/messages/consumer-group-metadata-value'
import { consumerGroupPartitionMetadataKey } from '@odradek/kafka-protocol/messages/consumer-group-partition-metadata-key'
import { consumerGroupPartitionMetadataValue } from '@odradek/kafka-protocol/messages/consumer-group-partition-metadata-value'
import { consumerGroupTargetAssignmentMemberKey } from '@odradek/kafka-protocol/messages/consumer-group-target-assignment-member-key'
import { consumerGroupTargetAssignmentMemberValue } from '@odradek/kafka-protocol/messages/consumer-group-target-assignment-member-value'
import { consumerGroupTargetAssignmentMetadataKey } from '@odradek/kafka-protocol/messages/consumer-group-target-assignment-metadata-key'
import { consumerGroupTargetAssignmentMetadataValue } from '@odradek/kafka-protocol/messages/consumer-group-target-assignment-metadata-value'
import { consumerProtocolAssignment } from '@odradek/kafka-protocol/messages/consumer-protocol-assignment'
import { consumerProtocolSubscription } from '@odradek/kafka-protocol/messages/consumer-protocol-subscription'
import { groupMetadataKey } from '@odradek/kafka-protocol/messages/group-metadata-key'
import { groupMetadataValue } from '@odradek/kafka-protocol/messages/group-metadata-value'
import { offsetCommitKey } from '@odradek/kafka-protocol/messages/offset-commit-key'
import { offsetCommitValue } from '@odradek/kafka-protocol/messages/offset-commit-value'
import { transactionLogKey } from '@odradek/kafka-protocol/messages/transaction-log-key'
import { transactionLogValue } from '@odradek/kafka-protocol/messages/transaction-log-value'
import { messageJson } from '../message-json.ts'
import type { RecordDecoder } from './segment.ts'

const keys: readonly (readonly [key: Message, value: Message])[] = [
  [offsetCommitKey, offsetCommitValue],
  [offsetCommitKey, offsetCommitValue],
  [groupMetadataKey, groupMetadataValue],
  [consumerGroupMetadataKey, consumerGroupMetadataValue],
  [consumerGroupPartitionMetadataKey, consumerGroupPartitionMetadataValue],
  [consumerGroupMemberMetadataKey, consumerGroupMemberMetadataValue],
  [consumerGroupTargetAssignmentMetadataKey, consumerGroupTargetAssignmentMetadataValue],
  [consumerGroupTargetAssignmentMemberKey, consumerGroupTargetAssignmentMemberValue],
  [consumerGroupCurrentMemberAssignmentKey, consumerGroupCurrentMemberAssignmentValue],
]

/** Records of __consumer_offsets. */
export const consumerOffsetsDecoder: RecordDecoder = ({ offset, key, value }) => {
  if (key === null) return { key: `Error at offset ${offset}, skipping. message had a missing key`, payload: undefined }
  try {
    const type = key.readInt16BE()
    const known = keys[type]
    if (known === undefined)
      return { key: `Unknown record type ${type} at offset ${offset}, skipping.`, payload: undefined }
    const [keyMessage, valueMessage] = known
    const keyText = JSON.stringify({ type: String(type), data: messageJson(keyMessage, key.subarray(2), type) })
    return { key: keyText, payload: value === null ? '<DELETE>' : valueText(valueMessage, value) }
  } catch (error) {
    if (!(error instanceof DecodeError) && !(error instanceof RangeError)) throw error
    return { key: `Error at offset ${offset}, skipping. ${error.message}`, payload: undefined }
  }
}

function valueText(message: Message, value: Buffer): string {
  const version = value.readInt16BE()
  const data = messageJson(message, value.subarray(2), version)
  if (message.name === groupMetadataValue.name && data['protocolType'] === 'consumer') {
    for (const member of data['members'] as Record<string, unknown>[]) {
      member['subscription'] = embedded(consumerProtocolSubscription, member['subscription'])
      member['assignment'] = embedded(consumerProtocolAssignment, member['assignment'])
    }
  }
  return JSON.stringify({ version: String(version), data })
}

/** What members of consumer groups have said, or have been given; what cannot be read stays as it is. */
function embedded(message: Message, base64: unknown): unknown {
  const bytes = Buffer.from(String(base64), 'base64')
  try {
    return messageJson(message, bytes.subarray(2), bytes.readInt16BE())
  } catch (error) {
    if (error instanceof DecodeError || error instanceof RangeError) return base64
    throw error
  }
}

const states = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
]

/** Records of __transaction_state. */
export const transactionLogDecoder: RecordDecoder = ({ offset, key, value }) => {
  if (key === null) return { key: `Error at offset ${offset}, skipping. message had a missing key`, payload: undefined }
  const version = key.readInt16BE()
  if (version !== 0) return { key: `unknown::version=${version}`, payload: undefined }
  const { transactionalId } = transactionLogKey.decode(new ByteReader(key, 2), version)
  const keyText = `transaction_metadata::transactionalId=${transactionalId}`
  if (value === null) return { key: keyText, payload: '<DELETE>' }
  const found = transactionLogValue.decode(new ByteReader(value, 2), value.readInt16BE())
  const partitions = (found.transactionPartitions ?? []).flatMap(({ topic, partitionIds }) =>
    partitionIds.map((partition) => `${topic}-${partition}`),
  )
  return {
    key: keyText,
    payload: `producerId:${found.producerId},producerEpoch:${found.producerEpoch},state=${states[found.transactionStatus] ?? 'Unknown'},partitions=[${partitions.join(',')}],txnLastUpdateTimestamp=${found.transactionLastUpdateTimestampMs},txnTimeoutMs=${found.transactionTimeoutMs}`,
  }
}
