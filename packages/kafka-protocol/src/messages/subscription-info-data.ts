// SubscriptionInfoData: user data of a Kafka Streams member when it joins a classic group.
import { array, bytes, int32, int64, int8, string, uuid } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const taskId = { topicGroupId: int32(), partition: int32() }
const partitionToOffsetSum = { partition: int32(), offsetSum: int64() }
const taskOffsetSum = {
  topicGroupId: int32(),
  partition: int32('10+'),
  offsetSum: int64('10+'),
  namedTopology: string('10+', { nullable: '10+' }),
  partitionToOffsetSum: array(partitionToOffsetSum, '7-9'),
}
const clientTag = { key: bytes(), value: bytes() }

export const subscriptionInfoData = defineData(
  'SubscriptionInfoData',
  { versions: '1-11' },
  {
    version: int32(),
    latestSupportedVersion: int32('3+', { default: -1 }),
    processId: uuid(),
    prevTasks: array(taskId, '1-6'),
    standbyTasks: array(taskId, '1-6'),
    userEndPoint: bytes('2+'),
    taskOffsetSums: array(taskOffsetSum, '7+'),
    uniqueField: int8('8+'),
    errorCode: int32('9+'),
    clientTags: array(clientTag, '11+'),
  },
)
export type SubscriptionInfoData = MessageType<typeof subscriptionInfoData>
