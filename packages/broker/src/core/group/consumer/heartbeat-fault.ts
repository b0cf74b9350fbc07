import { KafkaError } from '@odradek/kafka-protocol'
import { leaveEpoch, leaveStaticEpoch } from './consumer-member.ts'
import type { ConsumerHeartbeatRequest } from './heartbeat.ts'

/** What no group would take, whatever its state: INVALID_REQUEST or UNSUPPORTED_ASSIGNOR. Version 0 lets the coordinator choose a member's id. */
export function heartbeatFault(
  request: ConsumerHeartbeatRequest,
  apiVersion: number,
  assignors: readonly string[],
): KafkaError | undefined {
  const { memberEpoch, memberId, instanceId, rackId, groupId, serverAssignor } = request
  const invalid = (message: string): KafkaError => new KafkaError('INVALID_REQUEST', message)
  const needsId = apiVersion >= 1 || memberEpoch > 0 || memberEpoch === leaveEpoch
  if (needsId && isBlank(memberId)) return invalid("MemberId can't be empty.")
  if (isBlank(groupId)) return invalid("GroupId can't be empty.")
  if (instanceId !== null && isBlank(instanceId)) return invalid("InstanceId can't be empty.")
  if (rackId !== null && isBlank(rackId)) return invalid("RackId can't be empty.")
  if (memberEpoch === 0) {
    if (request.rebalanceTimeoutMs === -1) return invalid('RebalanceTimeoutMs must be provided in first request.')
    if (request.owned === null || request.owned.length > 0) {
      return invalid('TopicPartitions must be empty when (re-)joining.')
    }
    if (request.subscribedTopicNames === null && request.subscribedTopicRegex === null) {
      return invalid('Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.')
    }
  } else if (memberEpoch === leaveStaticEpoch) {
    if (instanceId === null) return invalid("InstanceId can't be null.")
  } else if (memberEpoch < leaveStaticEpoch) {
    return invalid('MemberEpoch is invalid.')
  }
  if (serverAssignor !== null && !assignors.includes(serverAssignor)) {
    return new KafkaError(
      'UNSUPPORTED_ASSIGNOR',
      `ServerAssignor ${serverAssignor} is not supported. Supported assignors: ${assignors.join(', ')}.`,
    )
  }
  return undefined
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}
