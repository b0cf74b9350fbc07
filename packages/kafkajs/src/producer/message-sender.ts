import type { Producer, ProducerRecord as ClientRecord, RecordMetadata as ClientMetadata } from '@odradek/client'
import type { KafkaCluster } from '../cluster/kafka-cluster.ts'
import { mayRetry } from '../core/retry.ts'
import type { Retrier, RetrySettings } from '../core/retry.ts'
import { KafkaJSMetadataNotLoaded, KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded } from '../errors.ts'
import { toKafkaJSError } from '../protocol-error.ts'
import type { PartitionerArgs } from '../types/config.ts'
import type { Logger } from '../types/logger.ts'
import type {
  IHeaders,
  Message,
  ProducerBatch,
  ProducerRecord,
  RecordMetadata,
  Sender,
  TopicMessages,
} from '../types/producer.ts'
import { bytesOf } from './partitioners.ts'

const compressionNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

export interface MessageSenderOptions {
  readonly cluster: KafkaCluster
  readonly logger: Logger
  readonly retrier: Retrier
  readonly retry: RetrySettings
  readonly partitioner: (args: PartitionerArgs) => number
  /** Only `acks: -1` will do. */
  readonly isIdempotent: boolean
  /** Throws unless messages may be sent now. */
  readonly ensureOpen: () => void
  readonly producerFor: (acks: number) => Producer
}

/** `send` and `sendBatch`, inside and outside of transactions. */
export function createMessageSender(options: MessageSenderOptions): Sender {
  const sendBatch = async ({
    acks = -1,
    compression,
    topicMessages = [],
  }: ProducerBatch): Promise<RecordMetadata[]> => {
    validate(topicMessages, acks, options.isIdempotent)
    options.ensureOpen()
    if (topicMessages.every(({ messages }) => messages.length === 0)) {
      if (topicMessages.length > 0) await loadTopics(options, topicMessages)
      return []
    }
    await loadTopics(options, topicMessages)
    const records = topicMessages.flatMap((each) => recordsOf(options, each))
    try {
      const producer = options.producerFor(acks)
      producer.compression = compressionNames[compression ?? 0] ?? 'none'
      const written = await producer.sendBatch(records)
      return acks === 0 ? [] : summaryOf(written)
    } catch (thrown) {
      throw failure(options, thrown)
    }
  }
  const send = ({ acks, timeout, compression, topic, messages }: ProducerRecord): Promise<RecordMetadata[]> =>
    sendBatch({ acks, timeout, compression, topicMessages: [{ topic, messages }] } as ProducerBatch)
  return { send: async (record) => send(record), sendBatch }
}

function validate(topicMessages: readonly TopicMessages[], acks: number, isIdempotent: boolean): void {
  if (topicMessages.some(({ topic }) => !topic)) throw new KafkaJSNonRetriableError('Invalid topic')
  if (isIdempotent && acks !== -1) {
    throw new KafkaJSNonRetriableError(
      "Not requiring ack for all messages invalidates the idempotent producer's EoS guarantees",
    )
  }
  for (const { topic, messages } of topicMessages) {
    if (!messages)
      throw new KafkaJSNonRetriableError(`Invalid messages array [${String(messages)}] for topic "${topic}"`)
    const without = messages.find(({ value }) => value === undefined)
    if (without === undefined) continue
    const text = JSON.stringify(without)
    throw new KafkaJSNonRetriableError(`Invalid message without value for topic "${topic}": ${text}`)
  }
}

function loadTopics(
  { cluster, retrier }: MessageSenderOptions,
  topicMessages: readonly TopicMessages[],
): Promise<void> {
  return retrier(async () => {
    const topics = [...new Set(topicMessages.map(({ topic }) => topic))]
    await cluster.connect()
    await cluster.addMultipleTargetTopics(topics)
    await cluster.refreshMetadataIfNecessary()
    if (topics.some((topic) => cluster.findTopicPartitionMetadata(topic).length === 0)) {
      throw new KafkaJSMetadataNotLoaded('Producing to topic without metadata')
    }
  })
}

function recordsOf({ cluster, partitioner }: MessageSenderOptions, { topic, messages }: TopicMessages): ClientRecord[] {
  const partitionMetadata = cluster.findTopicPartitionMetadata(topic)
  return messages.map((message) => {
    const { key, value, headers, timestamp } = message
    const partition = partitioner({ topic, partitionMetadata, message })
    return {
      topic,
      partition: Number(partition),
      key: key === undefined || key === null ? null : bytesOf(key),
      value: value === null ? null : bytesOf(value),
      timestamp: timestampOf(timestamp, cluster),
      ...(headers === undefined || headers === null ? {} : { headers: headersOf(headers) }),
    }
  })
}

function timestampOf(timestamp: Message['timestamp'], cluster: KafkaCluster): number {
  return timestamp === undefined || timestamp === null ? cluster.env.clock.wallMs() : Number(timestamp)
}

/** A list of values is as many headers of that name. */
function headersOf(headers: IHeaders): { key: string; value: Buffer | null }[] {
  return Object.entries(headers).flatMap(([key, given]) =>
    (Array.isArray(given) ? given : [given]).map((value) => ({
      key,
      value: value === undefined || value === null ? null : bytesOf(value),
    })),
  )
}

/** One entry for each partition that was written to: where its first message went. */
function summaryOf(written: readonly ClientMetadata[]): RecordMetadata[] {
  const byPartition = new Map<string, ClientMetadata>()
  for (const each of written) {
    const key = `${each.topic}-${each.partition}`
    const first = byPartition.get(key)
    if (first === undefined || each.offset < first.offset) byPartition.set(key, each)
  }
  return [...byPartition.values()].map(({ topic, partition, offset, appendTimeMs, logStartOffset }) => ({
    topicName: topic,
    partition,
    errorCode: 0,
    baseOffset: String(offset),
    logAppendTime: String(appendTimeMs),
    logStartOffset: String(logStartOffset),
  }))
}

function failure({ logger, retry }: MessageSenderOptions, thrown: unknown): Error {
  const error = toKafkaJSError(thrown)
  logger.error(`Failed to send messages: ${error.message}`, { retryCount: retry.retries })
  if (!mayRetry(error)) return error
  return new KafkaJSNumberOfRetriesExceeded(error, { retryCount: retry.retries, retryTime: retry.maxRetryTime })
}
