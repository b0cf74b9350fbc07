import type { ConsumerBatch, ConsumerRecord } from '@odradek/client'
import type { Batch, KafkaMessage } from '../types/consumer.ts'
import type { IHeaders } from '../types/producer.ts'

/** Messages of one partition that follow each other, as kafkajs hands them over: offsets and times are text. */
export class KafkaBatch implements Batch {
  readonly topic: string
  readonly partition: number
  readonly highWatermark: string
  readonly messages: KafkaMessage[]
  readonly #startOffset: number
  readonly #nextOffset: number

  constructor({ topic, partition, highWatermark, records, startOffset, nextOffset }: ConsumerBatch) {
    this.topic = topic
    this.partition = partition
    this.highWatermark = String(highWatermark)
    this.messages = records.map(messageOf)
    this.#startOffset = startOffset
    this.#nextOffset = nextOffset
  }

  isEmpty(): boolean {
    return this.messages.length === 0
  }

  firstOffset(): string | null {
    return this.messages[0]?.offset ?? String(this.#startOffset)
  }

  /** With what is not handed over, such as the ends of transactions. */
  lastOffset(): string {
    return String(this.#nextOffset - 1)
  }

  /** How far the last message is from the end of the partition. */
  offsetLag(): string {
    return String(Math.max(0, Number(this.highWatermark) - this.#nextOffset))
  }

  /** How far the first message is from the end of the partition. */
  offsetLagLow(): string {
    const first = this.firstOffset()
    return first === null ? '0' : String(Math.max(0, Number(this.highWatermark) - 1 - Number(first)))
  }
}

function messageOf({ key, value, timestampMs, offset, headers }: ConsumerRecord): KafkaMessage {
  const message = {
    magicByte: 2,
    attributes: 0,
    timestamp: String(timestampMs),
    offset: String(offset),
    key,
    value,
    headers: headersOf(headers),
    isControlRecord: false,
  }
  return message as KafkaMessage
}

/** A name that comes more than once has a list. */
function headersOf(headers: ConsumerRecord['headers']): IHeaders {
  const byName: IHeaders = {}
  for (const { key, value } of headers) {
    const header = value as Buffer
    const before = byName[key]
    byName[key] = before === undefined ? header : Array.isArray(before) ? [...before, header] : [before, header]
  }
  return byName
}
