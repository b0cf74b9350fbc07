// ConsumerGroupRegularExpressionValue: value of a record of a consumer group in __consumer_offsets: a resolved regular expression.
import { array, int64, string } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupRegularExpressionValue = defineData(
  'ConsumerGroupRegularExpressionValue',
  { versions: '0', flexible: '0+' },
  { topics: array(string()), version: int64(), timestamp: int64() },
)
export type ConsumerGroupRegularExpressionValue = MessageType<typeof consumerGroupRegularExpressionValue>
