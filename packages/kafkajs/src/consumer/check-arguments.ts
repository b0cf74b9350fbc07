// Wrong arguments, in the words of kafkajs.
import { shown } from '../core/shown.ts'
import { KafkaJSNonRetriableError } from '../errors.ts'
import type { TopicPartitionOffsetAndMetadata } from '../types/consumer.ts'
import type { TopicOffsets } from '../types/producer.ts'

export function ensureTopic(topic: unknown): void {
  if (!topic) throw new KafkaJSNonRetriableError(`Invalid topic ${shown(topic)}`)
}

export function ensurePartition(partition: unknown): void {
  if (Number.isNaN(Number(partition)) || partition === undefined) {
    throw new KafkaJSNonRetriableError(`Invalid partition, expected a number received ${shown(partition)}`)
  }
}

/** The offset as a number; negative only where `special` has it. */
export function ensureOffset(offset: unknown, special: readonly number[] = []): number {
  if (offset === undefined || offset === null || !/^-?\d+$/.test(shown(offset).trim())) {
    throw new KafkaJSNonRetriableError(`Invalid offset, expected a long received ${shown(offset)}`)
  }
  const number = Number(offset)
  if (number < 0 && !special.includes(number)) {
    throw new KafkaJSNonRetriableError('Offset must not be a negative number')
  }
  return number
}

export function offsetsByTopic(given: readonly TopicPartitionOffsetAndMetadata[]): TopicOffsets[] {
  const byTopic = new Map<string, TopicOffsets>()
  for (const { topic, partition, offset, metadata = null } of given) {
    ensureTopic(topic)
    ensurePartition(partition)
    ensureOffset(offset)
    if (metadata !== null && typeof metadata !== 'string') {
      throw new KafkaJSNonRetriableError(
        `Invalid offset metadata, expected string or null, received ${shown(metadata)}`,
      )
    }
    const found = byTopic.get(topic) ?? { topic, partitions: [] }
    const entry = { partition, offset: String(offset), metadata }
    found.partitions.push(entry)
    byTopic.set(topic, found)
  }
  return [...byTopic.values()]
}

export function ensurePausable(
  given: readonly { topic?: unknown; partitions?: unknown }[],
  what: 'pause' | 'resume',
): void {
  for (const each of given) {
    if (!each || !each.topic) throw new KafkaJSNonRetriableError(`Invalid topic ${shown(each ? each.topic : each)}`)
    const { partitions } = each
    const isList = Array.isArray(partitions) && partitions.every((partition) => !Number.isNaN(Number(partition)))
    if (partitions === undefined || isList) continue
    throw new KafkaJSNonRetriableError(
      `Array of valid partitions required to ${what} specific partitions instead of ${shown(partitions)}`,
    )
  }
}
