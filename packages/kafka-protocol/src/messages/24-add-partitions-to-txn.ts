// AddPartitionsToTxn (API 24): adds partitions to a transaction; from version 4 on between brokers, for many transactions.
import { array, bool, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const addPartitionsToTxnTopic = { name: string(), partitions: array(int32()) }

export const addPartitionsToTxnRequest = defineRequest(
  'AddPartitionsToTxn',
  24,
  { versions: '0-5', flexible: '3+' },
  {
    transactions: array(
      {
        transactionalId: string(),
        producerId: int64(),
        producerEpoch: int16(),
        verifyOnly: bool(),
        topics: array(addPartitionsToTxnTopic),
      },
      '4+',
    ),
    v3AndBelowTransactionalId: string('0-3'),
    v3AndBelowProducerId: int64('0-3'),
    v3AndBelowProducerEpoch: int16('0-3'),
    v3AndBelowTopics: array(addPartitionsToTxnTopic, '0-3'),
  },
)
export type AddPartitionsToTxnRequest = MessageType<typeof addPartitionsToTxnRequest>

const addPartitionsToTxnPartitionResult = { partitionIndex: int32(), partitionErrorCode: int16() }
const addPartitionsToTxnTopicResult = { name: string(), resultsByPartition: array(addPartitionsToTxnPartitionResult) }

export const addPartitionsToTxnResponse = defineResponse(
  'AddPartitionsToTxn',
  24,
  { versions: '0-5', flexible: '3+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16('4+', { ignorable: true }),
    resultsByTransaction: array(
      { transactionalId: string(), topicResults: array(addPartitionsToTxnTopicResult) },
      '4+',
    ),
    resultsByTopicV3AndBelow: array(addPartitionsToTxnTopicResult, '0-3'),
  },
)
export type AddPartitionsToTxnResponse = MessageType<typeof addPartitionsToTxnResponse>
