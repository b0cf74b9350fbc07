import { KafkaError } from '@odradek/kafka-protocol'
import { initProducerIdRequest, initProducerIdResponse } from '@odradek/kafka-protocol/messages/22-init-producer-id'
import { endTxnRequest, endTxnResponse } from '@odradek/kafka-protocol/messages/26-end-txn'
import { writeTxnMarkersRequest, writeTxnMarkersResponse } from '@odradek/kafka-protocol/messages/27-write-txn-markers'
import {
  describeTransactionsRequest,
  describeTransactionsResponse,
} from '@odradek/kafka-protocol/messages/65-describe-transactions'
import {
  listTransactionsRequest,
  listTransactionsResponse,
} from '@odradek/kafka-protocol/messages/66-list-transactions'
import type { AdminRequests, Target } from './admin-requests.ts'
import { askLeaders, partitionKey } from './partition-batch.ts'
import type { PartitionRef } from './partition-batch.ts'
import { allFailed, failureOf, settleBatch } from './settle-batch.ts'
import { int64Of, numberOf, saturatedOrNone } from '../int64.ts'

export interface ListedTransaction {
  readonly transactionalId: string
  readonly producerId: number
  readonly state: string
  readonly coordinatorId: number
}

export interface ListTransactionsOptions {
  readonly states?: readonly string[]
  readonly producerIds?: readonly number[]
  /** Only those that have been open for longer, in ms; from Kafka 3.7 on. */
  readonly durationMs?: number
  /** A pattern that transactional ids fit; from Kafka 4.1 on. */
  readonly transactionalIdPattern?: string
}

/** The transactional ids that brokers coordinate, by id. */
export async function listTransactions(
  requests: AdminRequests,
  { states = [], producerIds = [], durationMs, transactionalIdPattern }: ListTransactionsOptions = {},
): Promise<ListedTransaction[]> {
  const answers = await Promise.all(
    (await requests.brokerIds()).map(async (id) => {
      const answer = await requests.call({ kind: 'broker', id }, listTransactionsRequest, listTransactionsResponse, {
        stateFilters: states,
        producerIdFilters: producerIds.map((id) => int64Of(id, 'a producer id')),
        ...(durationMs === undefined ? {} : { durationFilter: int64Of(durationMs, 'durationMs') }),
        ...(transactionalIdPattern === undefined ? {} : { transactionalIdPattern }),
      })
      return answer.transactionStates.map(({ transactionState, producerId, transactionalId }) => ({
        transactionalId,
        producerId: numberOf(producerId, 'a producer id'),
        state: transactionState,
        coordinatorId: id,
      }))
    }),
  )
  return answers.flat().sort((a, b) => (a.transactionalId < b.transactionalId ? -1 : 1))
}

export interface DescribedTransaction {
  readonly transactionalId: string
  readonly state: string
  readonly producerId: number
  readonly producerEpoch: number
  readonly timeoutMs: number
  /** When it began, in ms since 1970; undefined when none is open. */
  readonly startTimeMs: number | undefined
  readonly partitions: readonly PartitionRef[]
  /** The broker that coordinates it. */
  readonly coordinatorId: number
}

/** State and partitions of transactions, by transactional id. */
export function describeTransactions(
  requests: AdminRequests,
  transactionalIds: readonly string[],
): Promise<Map<string, DescribedTransaction>> {
  return eachCoordinator(requests, transactionalIds, async (transactionalId, target) => {
    const answer = await requests.send(target, describeTransactionsRequest, describeTransactionsResponse, {
      transactionalIds: [transactionalId],
    })
    const [state] = answer.transactionStates
    if (state === undefined) throw new KafkaError('TRANSACTIONAL_ID_NOT_FOUND')
    const failure = failureOf(state.errorCode)
    if (failure !== undefined) throw failure
    return {
      transactionalId,
      state: state.transactionState,
      producerId: numberOf(state.producerId, 'a producer id'),
      producerEpoch: state.producerEpoch,
      timeoutMs: state.transactionTimeoutMs,
      startTimeMs: saturatedOrNone(state.transactionStartTimeMs),
      partitions: state.topics.flatMap(({ topic, partitions }) =>
        partitions.map((partition) => ({ topic, partition })),
      ),
      coordinatorId: await requests.cluster.coordinators.find('transaction', transactionalId),
    }
  })
}

export interface FencedProducer {
  readonly producerId: number
  readonly producerEpoch: number
}

/** How long a transaction that fencing begins could last, were one begun. */
const fencingTimeoutMs = 60_000

/** Ends what producers of these transactional ids have open, and shuts them out; by transactional id. */
export function fenceProducers(
  requests: AdminRequests,
  transactionalIds: readonly string[],
): Promise<Map<string, FencedProducer>> {
  return eachCoordinator(requests, transactionalIds, async (transactionalId, target) => {
    const answer = await requests.send(target, initProducerIdRequest, initProducerIdResponse, {
      transactionalId,
      transactionTimeoutMs: fencingTimeoutMs,
    })
    const failure = failureOf(answer.errorCode)
    if (failure !== undefined) throw failure
    return { producerId: numberOf(answer.producerId, 'a producer id'), producerEpoch: answer.producerEpoch }
  })
}

/** Fences the producer of a transactional id and aborts what it has open. */
export async function forceTerminateTransaction(requests: AdminRequests, transactionalId: string): Promise<void> {
  const fenced = (await fenceProducers(requests, [transactionalId])).get(transactionalId)
  if (fenced === undefined) return
  const target: Target = { kind: 'coordinator', type: 'transaction', key: transactionalId }
  const answer = await requests.send(target, endTxnRequest, endTxnResponse, {
    transactionalId,
    producerId: int64Of(fenced.producerId, 'a producer id'),
    producerEpoch: fenced.producerEpoch,
    committed: false,
  })
  const failure = failureOf(answer.errorCode)
  // Fencing has ended it already, as a rule: then there is none to end.
  if (failure !== undefined && failure.code !== 'INVALID_TXN_STATE') throw failure
}

export interface TransactionToAbort extends PartitionRef {
  readonly producerId: number
  readonly producerEpoch: number
  /** -1 when its coordinator is not known. */
  readonly coordinatorEpoch?: number
}

/** Aborts a transaction that hangs in one partition, past its coordinator, as found by `describeProducers` (KIP-664). */
export async function abortTransaction(requests: AdminRequests, transaction: TransactionToAbort): Promise<void> {
  const { topic, partition, producerId, producerEpoch, coordinatorEpoch = -1 } = transaction
  await askLeaders(requests, [transaction], async (id) => {
    const answer = await requests.send({ kind: 'broker', id }, writeTxnMarkersRequest, writeTxnMarkersResponse, {
      markers: [
        {
          producerId: int64Of(producerId, 'producerId'),
          producerEpoch,
          transactionResult: false,
          coordinatorEpoch,
          topics: [{ name: topic, partitionIndexes: [partition] }],
        },
      ],
    })
    const errorCode = answer.markers[0]?.topics[0]?.partitions[0]?.errorCode ?? -1
    return new Map([[partitionKey(transaction), failureOf(errorCode)]])
  })
}

async function eachCoordinator<Value>(
  requests: AdminRequests,
  transactionalIds: readonly string[],
  ask: (transactionalId: string, target: Target) => Promise<Value>,
): Promise<Map<string, Value>> {
  return settleBatch<Value>(requests.cluster, transactionalIds, requests.timeoutMs, async (pending) => {
    const answers = pending.map(async (transactionalId) => {
      const target: Target = { kind: 'coordinator', type: 'transaction', key: transactionalId }
      try {
        return [transactionalId, await ask(transactionalId, target)] as const
      } catch (error) {
        requests.forget(target)
        return [...allFailed<Value>([transactionalId], error)][0] as readonly [string, Value]
      }
    })
    return new Map(await Promise.all(answers))
  })
}
