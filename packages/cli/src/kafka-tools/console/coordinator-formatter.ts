import { ByteReader, DecodeError } from '@odradek/base'
import type { Message } from '@odradek/kafka-protocol'
import { groupMetadataKey } from '@odradek/kafka-protocol/messages/group-metadata-key'
import { groupMetadataValue } from '@odradek/kafka-protocol/messages/group-metadata-value'
import { offsetCommitKey } from '@odradek/kafka-protocol/messages/offset-commit-key'
import { offsetCommitValue } from '@odradek/kafka-protocol/messages/offset-commit-value'
import { transactionLogKey } from '@odradek/kafka-protocol/messages/transaction-log-key'
import { transactionLogValue } from '@odradek/kafka-protocol/messages/transaction-log-value'
import { messageJson } from '../message-json.ts'
import type { MessageFormatter } from './default-formatter.ts'

/** The keys that a formatter knows: those with a value are printed, the others are left out. */
interface RecordKinds {
  readonly keyOf: (version: number) => Message | undefined
  readonly isPrinted: (version: number) => boolean
  readonly value: Message
}

const groupKeyOf = (version: number): Message | undefined =>
  version <= 1 ? offsetCommitKey : version === 2 ? groupMetadataKey : undefined

/** Committed offsets in __consumer_offsets. */
export const offsetsFormatter = coordinatorFormatter({
  keyOf: groupKeyOf,
  isPrinted: (version) => version !== 2,
  value: offsetCommitValue,
})

/** Classic groups in __consumer_offsets. */
export const groupMetadataFormatter = coordinatorFormatter({
  keyOf: groupKeyOf,
  isPrinted: (version) => version > 1,
  value: groupMetadataValue,
})

/** Transactions in __transaction_state. */
export const transactionLogFormatter = coordinatorFormatter({
  keyOf: (version) => (version === 0 ? transactionLogKey : undefined),
  isPrinted: () => true,
  value: transactionLogValue,
})

/** Records of a coordinator's topic as JSON, one after the other without line ends, as Kafka's own formatters. */
function coordinatorFormatter({ keyOf, isPrinted, value: valueMessage }: RecordKinds): MessageFormatter {
  return ({ key, value }) => {
    const keyVersion = key?.readInt16BE() ?? 0
    if (key !== null && !isPrinted(keyVersion)) return undefined
    const json = {
      key: key && { version: keyVersion, data: dataOf(keyOf(keyVersion), key) },
      value: value && { version: value.readInt16BE(), data: dataOf(valueMessage, value) },
    }
    return Buffer.from(JSON.stringify(json))
  }
}

function dataOf(message: Message | undefined, bytes: Buffer): unknown {
  const version = bytes.readInt16BE()
  if (message === undefined || (message.kind === 'data' && version > message.maxVersion)) return 'unknown'
  try {
    return messageJson(message, bytes.subarray(2), version)
  } catch (error) {
    if (error instanceof DecodeError) return 'unknown'
    throw error
  }
}

/** Committed offsets in the words of Kafka's old formatter. */
export const oldOffsetsFormatter: MessageFormatter = ({ key, value }) => {
  const version = key?.readInt16BE() ?? -1
  if (key === null || version < 0 || version > 1) return undefined
  const { group, topic, partition } = offsetCommitKey.decode(new ByteReader(key, 2), version)
  const place = `[${group},${topic},${partition}]`
  if (value === null) return Buffer.from(`${place}::NULL\n`)
  const valueVersion = value.readInt16BE()
  const committed = offsetCommitValue.decode(new ByteReader(value, 2), valueVersion)
  const epoch = committed.leaderEpoch < 0 ? 'Optional.empty' : `Optional[${committed.leaderEpoch}]`
  const expires = committed.expireTimestamp < 0n ? 'None' : `Some(${committed.expireTimestamp})`
  return Buffer.from(
    `${place}::OffsetAndMetadata(offset=${committed.offset}, leaderEpoch=${epoch}, metadata=${committed.metadata}, commitTimestamp=${committed.commitTimestamp}, expireTimestamp=${expires})\n`,
  )
}
