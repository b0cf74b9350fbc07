import type { LogConfig } from '@odradek/storage'
import { ownKeys } from './keys/own-keys.ts'
import type { TopicConfig } from './topic-keys.ts'

/** What storage needs of a topic's configuration, and of the broker's where a topic has no say. */
export function logConfigOf(topic: TopicConfig, brokerTexts: ReadonlyMap<string, string>): LogConfig {
  const { recordValidation } = ownKeys
  return {
    segmentBytes: topic.segmentBytes,
    segmentMs: topic.segmentMs,
    segmentJitterMs: topic.segmentJitterMs,
    segmentIndexBytes: topic.segmentIndexBytes,
    indexIntervalBytes: topic.indexIntervalBytes,
    retentionMs: topic.retentionMs,
    retentionBytes: topic.retentionBytes,
    fileDeleteDelayMs: topic.fileDeleteDelayMs,
    flushMessages: topic.flushMessages,
    flushMs: topic.flushMs,
    maxMessageBytes: topic.maxMessageBytes,
    compressionType: topic.compressionType as LogConfig['compressionType'],
    compressionGzipLevel: topic.compressionGzipLevel,
    compressionLz4Level: topic.compressionLz4Level,
    compressionZstdLevel: topic.compressionZstdLevel,
    timestampType: topic.messageTimestampType as LogConfig['timestampType'],
    timestampBeforeMaxMs: topic.messageTimestampBeforeMaxMs,
    timestampAfterMaxMs: topic.messageTimestampAfterMaxMs,
    cleanupDelete: topic.cleanupPolicy.includes('delete'),
    cleanupCompact: topic.cleanupPolicy.includes('compact'),
    preallocate: topic.preallocate,
    recordValidation: recordValidation.parse(
      brokerTexts.get(recordValidation.name) ?? recordValidation.defaultText ?? 'full',
    ) as LogConfig['recordValidation'],
  }
}
