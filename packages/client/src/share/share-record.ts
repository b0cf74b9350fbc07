import type { KafkaError } from '@odradek/kafka-protocol'
import type { ClientError } from '../client-error.ts'
import type { ConsumerRecord } from '../consumer/consumer-record.ts'
import type { TopicPartition } from '../consumer/topic-partition.ts'

/**
 * What becomes of a record: `accept` is done with it; `release` has it delivered again, to any member; `reject` has it never delivered again;
 * `renew` keeps it for another lock's duration, and it has to be acknowledged again (KIP-1222, from Kafka 4.2 on).
 */
export type AcknowledgeType = 'accept' | 'release' | 'reject' | 'renew'

/** A record that this member has acquired: nobody else gets it until it is acknowledged or its lock has run out. */
export interface ShareRecord<Key = Buffer, Value = Buffer> extends ConsumerRecord<Key, Value> {
  /** 1 when it is delivered for the first time. */
  readonly deliveryCount: number
}

/** Records of one partition that were acquired by one fetch. */
export interface ShareBatch<Key = Buffer, Value = Buffer> extends TopicPartition {
  readonly records: readonly ShareRecord<Key, Value>[]
}

/** The broker's word on acknowledgements of one partition. */
export interface AcknowledgeResult extends TopicPartition {
  readonly offsets: readonly number[]
  /** Undefined when they count. INVALID_RECORD_STATE: the lock had run out, the records are delivered again. */
  readonly error: KafkaError | ClientError | undefined
}

/** Sees every record before the application gets it, and the brokers' word on every acknowledgement. What it throws is logged and changes nothing. */
export interface ShareInterceptor<Key = Buffer, Value = Buffer> {
  /** Returns the record to hand over in its place. */
  onConsume?(record: ShareRecord<Key, Value>): ShareRecord<Key, Value>
  onAcknowledged?(results: readonly AcknowledgeResult[]): void
  close?(): void
}

/** Of whatever types of keys and values. */
export interface AnyShareInterceptor {
  onConsume?(record: never): unknown
  onAcknowledged?(results: readonly AcknowledgeResult[]): void
  close?(): void
}
