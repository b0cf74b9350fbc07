import { ErrorCode, errorOf, KafkaError } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type {
  DescribeProducersRequest,
  DescribeProducersResponse,
} from '@odradek/kafka-protocol/messages/61-describe-producers'
import {
  describeProducersRequest,
  describeProducersResponse,
} from '@odradek/kafka-protocol/messages/61-describe-producers'
import { topicNameFault } from '../core/topics/topic-name.ts'
import type { BrokerServices } from '../host/broker-services.ts'
import type { ApiHandler } from './api-handler.ts'

type PartitionAnswer = Input<DescribeProducersResponse['topics'][number]['partitions'][number]>

function producersOf(broker: BrokerServices, topic: string, partitionIndex: number): PartitionAnswer {
  const fault = topicNameFault(topic)
  if (fault !== undefined) return failed(partitionIndex, ErrorCode.INVALID_TOPIC_EXCEPTION, fault)
  if (broker.metadataCache.partition(topic, partitionIndex) === undefined) {
    const errorCode = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    return failed(partitionIndex, errorCode, errorOf(errorCode).message)
  }
  try {
    const { log } = broker.replicaManager.partition(topic, partitionIndex)
    if (log.isOffline) throw new KafkaError('KAFKA_STORAGE_ERROR')
    return {
      partitionIndex,
      errorCode: ErrorCode.NONE,
      activeProducers: Array.from(log.producers, (producer) => ({
        producerId: BigInt(producer.producerId),
        producerEpoch: producer.epoch,
        lastSequence: producer.lastSequence,
        lastTimestamp: BigInt(producer.lastTimestampMs),
        coordinatorEpoch: producer.coordinatorEpoch,
        currentTxnStartOffset: BigInt(producer.currentTransactionFirstOffset),
      })),
    }
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return failed(partitionIndex, error.errorCode, null)
  }
}

function failed(partitionIndex: number, errorCode: number, errorMessage: string | null): PartitionAnswer {
  return { partitionIndex, errorCode, errorMessage }
}

/** DescribeProducers, key 61 (KIP-664): the idempotent producers that a partition remembers; of leaders and followers. */
export const describeProducersHandler: ApiHandler<DescribeProducersRequest, DescribeProducersResponse> = {
  request: describeProducersRequest,
  response: describeProducersResponse,
  minVersion: 0,
  maxVersion: 0,

  handle: ({ topics }, { broker }) => ({
    topics: topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((index) => producersOf(broker, name, index)),
    })),
  }),

  errorResponse: ({ topics }, { errorCode }) => ({
    topics: topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((index) => failed(index, errorCode, null)),
    })),
  }),
}
