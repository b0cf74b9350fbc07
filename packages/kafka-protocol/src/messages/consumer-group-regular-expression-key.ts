// ConsumerGroupRegularExpressionKey: key of a record of a consumer group in __consumer_offsets: a resolved regular expression.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupRegularExpressionKey = defineRecordKey('ConsumerGroupRegularExpressionKey', 16, {
  groupId: string(),
  regularExpression: string(),
})
export type ConsumerGroupRegularExpressionKey = MessageType<typeof consumerGroupRegularExpressionKey>
