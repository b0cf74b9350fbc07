import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type {
  ConsumerGroupDescribeRequest,
  ConsumerGroupDescribeResponse,
} from '@odradek/kafka-protocol/messages/69-consumer-group-describe'
import {
  consumerGroupDescribeRequest,
  consumerGroupDescribeResponse,
} from '@odradek/kafka-protocol/messages/69-consumer-group-describe'
import type { ApiHandler } from './api-handler.ts'
import { authorizedOperations as operationSets } from './authorized-operations.ts'
import type { RequestContext } from './request-context.ts'

type DescribedGroup = NonNullable<Input<ConsumerGroupDescribeResponse>['groups']>[number]

/** ConsumerGroupDescribe, key 69 (KIP-848): groups of the consumer protocol only. v1: which protocol each member speaks (KIP-1099). */
export const consumerGroupDescribeHandler: ApiHandler<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse> = {
  request: consumerGroupDescribeRequest,
  response: consumerGroupDescribeResponse,
  minVersion: 0,
  maxVersion: 1,

  handle(request, context) {
    const operations = request.includeAuthorizedOperations ? operationSets.consumerGroup : operationSets.notAsked
    return { groups: request.groupIds.map((groupId) => describe(groupId, operations, context)) }
  },

  errorResponse: ({ groupIds }, error) => ({ groups: groupIds.map((groupId) => failed(groupId, error)) }),
}

function describe(groupId: string, authorizedOperations: number, { broker }: RequestContext): DescribedGroup {
  try {
    const description = broker.groupCoordinator.describeConsumerGroup(groupId)
    return {
      ...description,
      groupId,
      errorCode: ErrorCode.NONE,
      authorizedOperations,
      members: [...description.members],
    }
  } catch (error) {
    if (error instanceof KafkaError) return failed(groupId, error)
    throw error
  }
}

function failed(groupId: string, { errorCode, message }: KafkaError): DescribedGroup {
  return {
    groupId,
    errorCode,
    errorMessage: message,
    groupState: '',
    groupEpoch: 0,
    assignmentEpoch: 0,
    assignorName: '',
    members: [],
  }
}
