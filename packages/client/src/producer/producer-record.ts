import type { BuilderHeader } from '@odradek/kafka-protocol'

/** Headers of a record: a list, in which a key may come more than once, or an object of names and values. */
export type HeadersInput = readonly BuilderHeader[] | Readonly<Record<string, Uint8Array | string | null>>

/** What is to be sent. Key and value are of the types that the producer's serializers take; by default text, bytes, or null. */
export interface ProducerRecord<Key = Uint8Array | string, Value = Uint8Array | string> {
  readonly topic: string
  /** Default: what the partitioner chooses. */
  readonly partition?: number
  readonly key?: Key | null
  /** Null deletes what a compacted topic holds under the key. */
  readonly value: Value | null
  readonly headers?: HeadersInput
  /** Wall milliseconds since 1970; default: now. */
  readonly timestamp?: number
}

/** Where a record was written. */
export interface RecordMetadata {
  readonly topic: string
  readonly partition: number
  /** -1 with acks=0, and for a record that the broker had already and did not tell where. */
  readonly offset: number
  /** Wall milliseconds: the record's own, or the broker's where the topic has message.timestamp.type=LogAppendTime. */
  readonly timestamp: number
  /** The broker's time, where the topic has message.timestamp.type=LogAppendTime; else -1. */
  readonly appendTimeMs: number
  /** Of the partition, as of the answer; -1 where that does not tell. */
  readonly logStartOffset: number
}

/** Called once for a record: with where it was written, or with why it was not. */
export type DeliveryCallback = (error: Error | undefined, metadata: RecordMetadata | undefined) => void

/** Sees every record before it is sent, and what became of it (KIP-42). What it throws is logged and changes nothing. */
export interface ProducerInterceptor<Key = Uint8Array | string, Value = Uint8Array | string> {
  /** Returns the record to send in its place. */
  onSend?(record: ProducerRecord<Key, Value>): ProducerRecord<Key, Value>
  onAcknowledgement?(metadata: RecordMetadata | undefined, error: Error | undefined): void
  close?(): void
}

/** Of whatever types of keys and values. */
export interface AnyProducerInterceptor {
  onSend?(record: never): unknown
  onAcknowledgement?(metadata: RecordMetadata | undefined, error: Error | undefined): void
  close?(): void
}
