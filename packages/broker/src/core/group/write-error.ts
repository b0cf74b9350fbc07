import type { KafkaError } from '@odradek/kafka-protocol'
import { ErrorCode } from '@odradek/kafka-protocol'

/** What a member is told when its group could not be written (Kafka's GroupMetadataManager.storeGroup). */
export function saveGroupErrorCode(error: KafkaError): number {
  switch (error.code) {
    case 'UNKNOWN_TOPIC_OR_PARTITION':
    case 'NOT_ENOUGH_REPLICAS':
    case 'NOT_ENOUGH_REPLICAS_AFTER_APPEND':
      return ErrorCode.COORDINATOR_NOT_AVAILABLE
    case 'NOT_LEADER_OR_FOLLOWER':
    case 'KAFKA_STORAGE_ERROR':
      return ErrorCode.NOT_COORDINATOR
    case 'REQUEST_TIMED_OUT':
      return ErrorCode.REBALANCE_IN_PROGRESS
    case 'MESSAGE_TOO_LARGE':
    case 'RECORD_LIST_TOO_LARGE':
    case 'INVALID_FETCH_SIZE':
      return ErrorCode.UNKNOWN_SERVER_ERROR
    default:
      return error.errorCode
  }
}

/** What a client is told when its offsets could not be written. */
export function commitErrorCode(error: KafkaError): number {
  switch (error.code) {
    case 'UNKNOWN_TOPIC_OR_PARTITION':
    case 'NOT_ENOUGH_REPLICAS':
    case 'NOT_ENOUGH_REPLICAS_AFTER_APPEND':
      return ErrorCode.COORDINATOR_NOT_AVAILABLE
    case 'NOT_LEADER_OR_FOLLOWER':
    case 'KAFKA_STORAGE_ERROR':
      return ErrorCode.NOT_COORDINATOR
    case 'MESSAGE_TOO_LARGE':
    case 'RECORD_LIST_TOO_LARGE':
    case 'INVALID_FETCH_SIZE':
      return ErrorCode.INVALID_COMMIT_OFFSET_SIZE
    default:
      return error.errorCode
  }
}
