import { KafkaError } from '@odradek/kafka-protocol'
import { ClientError } from './client-error.ts'

/** The request may succeed when it is sent again, maybe after fetching metadata or the coordinator anew. */
export function isRetriable(error: unknown): boolean {
  if (error instanceof KafkaError) return error.retriable
  if (!(error instanceof ClientError)) return false
  return error.code === 'CANNOT_CONNECT' || error.code === 'DISCONNECTED' || error.code === 'TIMED_OUT'
}

/** Errors that say: what you know of leaders, topics or coordinators is old. */
export function isStaleMetadata(error: unknown): boolean {
  if (error instanceof ClientError) return isRetriable(error)
  return error instanceof KafkaError && staleMetadata.has(error.code)
}

/**
 * Whether a topic with this error in an answer to Metadata may be there soon. INVALID_REPLICATION_FACTOR: asking was to create it, by a broker that knows too few
 * brokers; as one does that has just started, also of topics that it has.
 */
export function mayCome(errorCode: number): boolean {
  const error = KafkaError.of(errorCode)
  return error.retriable || error.code === 'INVALID_REPLICATION_FACTOR'
}

const staleMetadata: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'REPLICA_NOT_AVAILABLE',
  'LISTENER_NOT_FOUND',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'KAFKA_STORAGE_ERROR',
  'UNKNOWN_TOPIC_ID',
  'INCONSISTENT_TOPIC_ID',
  'NOT_CONTROLLER',
])
