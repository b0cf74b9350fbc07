import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { initProducerIdRequest, initProducerIdResponse } from '@odradek/kafka-protocol/messages/22-init-producer-id'
import {
  addPartitionsToTxnRequest,
  addPartitionsToTxnResponse,
} from '@odradek/kafka-protocol/messages/24-add-partitions-to-txn'
import { addOffsetsToTxnRequest, addOffsetsToTxnResponse } from '@odradek/kafka-protocol/messages/25-add-offsets-to-txn'
import { endTxnRequest, endTxnResponse } from '@odradek/kafka-protocol/messages/26-end-txn'
import { txnOffsetCommitRequest, txnOffsetCommitResponse } from '@odradek/kafka-protocol/messages/28-txn-offset-commit'
import { isRetriable } from '../../classify-error.ts'
import { ClientError } from '../../client-error.ts'
import type { BrokerLink } from '../../cluster/broker-link.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { CoordinatorType } from '../../cluster/coordinator-finder.ts'
import type { PartitionQueue } from '../accumulate/partition-queue.ts'
import type { ProducerIdentity } from '../accumulate/producer-identity.ts'
import type { ProducerConfig } from '../producer-keys.ts'
import type { SendGate } from '../send/sender.ts'
import { TransactionState } from './transaction-state.ts'
import { int64Of } from '../../int64.ts'

/** The offset of the next record that a group is to read from a partition. */
export interface TransactionOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly leaderEpoch?: number
  readonly metadata?: string | null
}

/** Who commits offsets for a group: what a consumer's `groupMetadata()` says. With the group id alone the broker cannot fence a member that was replaced. */
export interface GroupMetadata {
  readonly groupId: string
  readonly generationId?: number
  readonly memberId?: string
  readonly groupInstanceId?: string | null
}

/** KIP-890: brokers add partitions by themselves, and every transaction has an epoch of its own. */
const secondVersion = 2
const produceVersionMaxFirst = 11
const addPartitionsVersionMaxOfClients = 3
const txnOffsetCommitVersionMaxFirst = 4
const endTxnVersionMaxFirst = 4
/** A transaction that has just ended takes the coordinator a moment; Java's client waits as short. */
const concurrentTransactionsPauseMs = 20

/** What the manager needs of who sends records. */
export interface TransactionSender {
  /** Resolves when every record that was sent is acknowledged or given up. */
  flush(): Promise<void>
  /** Gives up what is not under way; resolves when nothing is any more. */
  drop(error: Error): Promise<void>
  wake(): void
}

/** The transactions of one producer: the requests, in the order that the coordinator wants them. The state machine is transaction-state.ts. */
export class TransactionManager implements SendGate {
  readonly state = new TransactionState()
  readonly #cluster: Cluster
  readonly #transactionalId: string
  readonly #timeoutMs: number
  readonly #transactionTimeoutMs: number
  readonly #identity: ProducerIdentity
  #sender: TransactionSender | undefined
  readonly #added = new Set<PartitionQueue>()
  #pending = new Set<PartitionQueue>()
  #isAdding = false
  #isSecondVersion = false

  constructor(cluster: Cluster, config: ProducerConfig, transactionalId: string, identity: ProducerIdentity) {
    this.#cluster = cluster
    this.#transactionalId = transactionalId
    this.#timeoutMs = config['max.block.ms']
    this.#transactionTimeoutMs = config['transaction.timeout.ms']
    this.#identity = identity
  }

  get produceVersionMax(): number {
    return this.#isSecondVersion ? Infinity : produceVersionMaxFirst
  }

  get error(): Error | undefined {
    return this.state.error
  }

  get mayRetry(): boolean {
    return this.state.phase === 'open' || this.state.phase === 'committing'
  }

  isOpen(queue: PartitionQueue): boolean {
    if (!this.mayRetry) return false
    if (this.#added.has(queue)) return true
    if (this.#isSecondVersion) {
      this.#added.add(queue)
      this.state.isStarted = true
      return true
    }
    this.#pending.add(queue)
    void this.#addPending()
    return false
  }

  failed(error: Error): void {
    this.state.fail(error)
  }

  /** Gets the producer's id, ends what its predecessor left open, and fences that. */
  async init(): Promise<void> {
    this.state.ensureAlive()
    if (this.state.phase !== 'uninitialized')
      throw new ClientError('WRONG_STATE', 'initTransactions was called already')
    await this.#initProducerId()
    this.state.becomeReady()
  }

  async #initProducerId(): Promise<void> {
    await this.#ask('transaction', this.#transactionalId, async (link) => {
      const { producerId, producerEpoch } = this.#identity
      const answer = await link.send(
        initProducerIdRequest,
        initProducerIdResponse,
        (version) => ({
          transactionalId: this.#transactionalId,
          transactionTimeoutMs: this.#transactionTimeoutMs,
          ...(version >= 3 ? { producerId: BigInt(producerId), producerEpoch } : {}),
        }),
        { maxVersion: 5 },
      )
      check(answer.errorCode)
      this.#identity.set(Number(answer.producerId), answer.producerEpoch)
      await this.#learnVersion(link)
    })
    this.state.needsNewEpoch = false
  }

  async #learnVersion(link: BrokerLink): Promise<void> {
    const connection = await link.open()
    this.#isSecondVersion = connection.featureLevel('transaction.version') >= secondVersion
  }

  begin(): void {
    this.state.begin()
    this.#added.clear()
    this.#pending.clear()
  }

  async #addPending(): Promise<void> {
    if (this.#isAdding) return
    this.#isAdding = true
    try {
      while (this.#pending.size > 0 && this.mayRetry) {
        const queues = this.#pending
        this.#pending = new Set()
        // From here on the coordinator may have the transaction, whatever becomes of the answer.
        this.state.isStarted = true
        await this.#addPartitions(queues)
        for (const queue of queues) this.#added.add(queue)
      }
    } catch (error) {
      this.state.fail(asError(error))
    } finally {
      this.#isAdding = false
      this.#sender?.wake()
    }
  }

  async #addPartitions(queues: ReadonlySet<PartitionQueue>): Promise<void> {
    const byTopic = Map.groupBy(queues, ({ topic }) => topic)
    const topics = [...byTopic].map(([name, list]) => ({ name, partitions: list.map(({ partition }) => partition) }))
    await this.#ask('transaction', this.#transactionalId, async (link) => {
      const answer = await link.send(
        addPartitionsToTxnRequest,
        addPartitionsToTxnResponse,
        {
          v3AndBelowTransactionalId: this.#transactionalId,
          v3AndBelowProducerId: BigInt(this.#identity.producerId),
          v3AndBelowProducerEpoch: this.#identity.producerEpoch,
          v3AndBelowTopics: topics,
        },
        { maxVersion: addPartitionsVersionMaxOfClients },
      )
      const codes = answer.resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) =>
        resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
      )
      // One that was not attempted was held up by another, whose error tells more.
      const told = codes.filter((code) => code !== ErrorCode.NONE && code !== ErrorCode.OPERATION_NOT_ATTEMPTED)
      check(told[0] ?? codes.find((code) => code !== ErrorCode.NONE) ?? ErrorCode.NONE)
    })
  }

  /** Commits offsets of a consumer group with the transaction. */
  async sendOffsets(offsets: readonly TransactionOffset[], group: GroupMetadata): Promise<void> {
    this.state.ensureOpen('sendOffsetsToTransaction')
    if (offsets.length === 0) return
    try {
      if (!this.#isSecondVersion) await this.#addOffsets(group.groupId)
      this.state.isStarted = true
      await this.#commitOffsets(offsets, group)
    } catch (error) {
      this.state.fail(asError(error))
      this.state.ensureNotFailed()
      throw error
    }
  }

  async #addOffsets(groupId: string): Promise<void> {
    await this.#ask('transaction', this.#transactionalId, async (link) => {
      const answer = await link.send(addOffsetsToTxnRequest, addOffsetsToTxnResponse, {
        transactionalId: this.#transactionalId,
        producerId: BigInt(this.#identity.producerId),
        producerEpoch: this.#identity.producerEpoch,
        groupId,
      })
      check(answer.errorCode)
    })
  }

  async #commitOffsets(offsets: readonly TransactionOffset[], group: GroupMetadata): Promise<void> {
    const byTopic = Map.groupBy(offsets, ({ topic }) => topic)
    const topics = [...byTopic].map(([name, list]) => ({
      name,
      partitions: list.map(({ partition, offset, leaderEpoch = -1, metadata = null }) => ({
        partitionIndex: partition,
        committedOffset: int64Of(offset, 'offset'),
        committedLeaderEpoch: leaderEpoch,
        committedMetadata: metadata ?? '',
      })),
    }))
    const maxVersion = this.#isSecondVersion ? Infinity : txnOffsetCommitVersionMaxFirst
    await this.#ask('group', group.groupId, async (link) => {
      const answer = await link.send(
        txnOffsetCommitRequest,
        txnOffsetCommitResponse,
        (version) => ({
          transactionalId: this.#transactionalId,
          groupId: group.groupId,
          producerId: BigInt(this.#identity.producerId),
          producerEpoch: this.#identity.producerEpoch,
          ...(version >= 3
            ? {
                generationId: group.generationId ?? -1,
                memberId: group.memberId ?? '',
                groupInstanceId: group.groupInstanceId ?? null,
              }
            : {}),
          topics,
        }),
        { maxVersion },
      )
      for (const topic of answer.topics) for (const { errorCode } of topic.partitions) check(errorCode)
    })
  }

  /** Waits until all records are written, then commits. After a timeout, calling it again goes on with the same commit. */
  async commit(): Promise<void> {
    this.state.beginCommit()
    await this.#sender?.flush()
    this.state.ensureNotFailed()
    await this.#end(true)
  }

  /** Gives up what is not written yet, and has what is written never be seen by those who read only what is committed. */
  async abort(): Promise<void> {
    this.state.beginAbort()
    await this.#sender?.drop(
      new ClientError('ABORT_TRANSACTION', 'the transaction was aborted before the record was sent'),
    )
    this.state.ensureAlive()
    await this.#end(false)
    if (this.state.needsNewEpoch && !this.#isSecondVersion) await this.#initProducerId()
    this.state.needsNewEpoch = false
    this.state.becomeReady()
  }

  async #end(committed: boolean): Promise<void> {
    if (this.state.isStarted) {
      try {
        await this.#ask('transaction', this.#transactionalId, (link) => this.#sendEnd(link, committed))
      } catch (error) {
        if (!isRetriable(error)) this.state.fail(asError(error))
        this.state.ensureNotFailed()
        throw error
      }
    }
    if (committed) this.state.becomeReady()
  }

  async #sendEnd(link: BrokerLink, committed: boolean): Promise<void> {
    const { producerId, producerEpoch } = this.#identity
    const maxVersion = this.#isSecondVersion ? Infinity : endTxnVersionMaxFirst
    const value = { transactionalId: this.#transactionalId, producerId: BigInt(producerId), producerEpoch, committed }
    const answer = await link.send(endTxnRequest, endTxnResponse, value, { maxVersion })
    check(answer.errorCode)
    if (answer.producerEpoch >= 0) this.#identity.set(Number(answer.producerId), answer.producerEpoch)
  }

  /** Asks a coordinator until it answers; finds it anew when it has moved. */
  #ask(type: CoordinatorType, key: string, attempt: (link: BrokerLink) => Promise<void>): Promise<void> {
    const isForgotten = (error: unknown): boolean =>
      error instanceof ClientError ||
      (error instanceof KafkaError && ['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE'].includes(error.code))
    const onRetry = (error: unknown): void => {
      if (isForgotten(error)) this.#cluster.coordinators.forget(type, key)
    }
    return this.#cluster.retry({ timeoutMs: this.#timeoutMs, onRetry }, async () => {
      await this.#cluster.ready({ timeoutMs: this.#timeoutMs })
      const brokerId = await this.#cluster.coordinators.find(type, key)
      const link = this.#cluster.links.get(brokerId, 'coordinator')
      if (link === undefined) throw KafkaError.of(ErrorCode.COORDINATOR_NOT_AVAILABLE)
      try {
        await attempt(link)
      } catch (error) {
        if (!isConcurrent(error)) throw error
        await this.#cluster.sleep(concurrentTransactionsPauseMs)
        await attempt(link)
      }
    })
  }

  /** Tells who sends the records; once, before anything else. */
  attach(sender: TransactionSender): void {
    this.#sender = sender
  }
}

function isConcurrent(error: unknown): boolean {
  return error instanceof KafkaError && error.errorCode === ErrorCode.CONCURRENT_TRANSACTIONS
}

/** An epoch that is too old means the same as being fenced: another producer has the transactional.id. */
function check(errorCode: number): void {
  if (errorCode === ErrorCode.NONE) return
  throw KafkaError.of(errorCode === ErrorCode.INVALID_PRODUCER_EPOCH ? ErrorCode.PRODUCER_FENCED : errorCode)
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
