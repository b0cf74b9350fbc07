import { ErrorCode, KafkaError, zeroUuid } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import type { FetchRequest, FetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import type { Timer } from '@odradek/base'
import { isStaleMetadata } from '../../classify-error.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { ConsumerConfig } from '../consumer-keys.ts'
import type { FetchMetrics } from '../fetch-metrics.ts'
import type { ConsumerObserver } from '../consumer-seams.ts'
import { FetchSession } from '../core/fetch-session.ts'
import type { FetchPlan, FetchWish } from '../core/fetch-session.ts'
import { partitionKey } from '../topic-partition.ts'
import type { AssignedPartition, Position } from './assigned-partition.ts'
import type { Assignment } from './assignment.ts'
import type { Positions } from './positions.ts'
import { addFetched } from './add-fetched.ts'

export interface FetcherCallbacks {
  /** Records have come. */
  readonly onRecords: () => void
  /** The broker refuses for good. */
  readonly onFailure: (error: unknown) => void
}

/** Versions from 13 on name topics by their ids. */
const namesUpTo = 12
/** While a partition of the broker has enough, a fetch does not wait long: it may be empty soon. */
const shortWaitMs = 100

type PartitionAnswer = FetchResponse['responses'][number]['partitions'][number]

interface Asked {
  readonly partition: AssignedPartition
  readonly position: Position
}

/**
 * Keeps every partition's buffer filled: one fetch per broker at a time, for the partitions that have little left, from the leader or the replica
 * that it names. All buffers together never hold more than `buffered.bytes.max`, but for a batch that is larger by itself; each partition has its share
 * of it, so that a slow or paused one takes nothing from the others.
 */
export class Fetcher {
  readonly #cluster: Cluster
  readonly #config: ConsumerConfig
  readonly #assignment: Assignment
  readonly #positions: Positions
  readonly #callbacks: FetcherCallbacks
  readonly #metrics: FetchMetrics
  readonly #observer: ConsumerObserver | undefined
  readonly #sessions = new Map<number, FetchSession>()
  /** Brokers that a fetch is under way to, and the most bytes that it may bring. */
  readonly #underWay = new Map<number, number>()
  readonly #retryAtMs = new Map<number, number>()
  #isScheduled = false
  #timer: Timer | undefined
  #isClosed = false

  constructor(
    cluster: Cluster,
    config: ConsumerConfig,
    assignment: Assignment,
    positions: Positions,
    callbacks: FetcherCallbacks,
    metrics: FetchMetrics,
    observer?: ConsumerObserver,
  ) {
    this.#metrics = metrics
    this.#observer = observer
    this.#cluster = cluster
    this.#config = config
    this.#assignment = assignment
    this.#positions = positions
    this.#callbacks = callbacks
  }

  get bufferedBytes(): number {
    let sizeBytes = 0
    for (const { buffer } of this.#assignment) sizeBytes += buffer.sizeBytes
    return sizeBytes
  }

  /** Looks for what can be fetched, at the end of this turn. */
  kick(): void {
    if (this.#isScheduled || this.#isClosed) return
    this.#isScheduled = true
    this.#cluster.env.timers.endOfTurn(() => {
      this.#isScheduled = false
      if (!this.#isClosed) this.#fetchAll()
    })
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }

  #fetchAll(): void {
    const nowMs = this.#cluster.nowMs
    const ready = new Map<number, AssignedPartition[]>()
    const full = new Set<number>()
    let nextMs = Infinity
    for (const partition of this.#assignment) {
      if (partition.isPaused || partition.isLeaving || partition.fetchPosition === undefined) continue
      const brokerId = this.#brokerFor(partition, nowMs)
      if (brokerId === undefined) continue
      const atMs = Math.max(partition.retryAtMs, this.#retryAtMs.get(brokerId) ?? 0)
      if (atMs > nowMs) nextMs = Math.min(nextMs, atMs)
      else if (partition.buffer.unreadBytes > this.#shareBytes / 2) full.add(brokerId)
      else {
        const known = ready.get(brokerId)
        if (known === undefined) ready.set(brokerId, [partition])
        else known.push(partition)
      }
    }
    for (const [brokerId, partitions] of ready) {
      if (!this.#underWay.has(brokerId)) void this.#fetch(brokerId, partitions, full.has(brokerId))
    }
    this.#timer?.cancel()
    if (nextMs < Infinity) this.#timer = this.#cluster.env.timers.after(nextMs - nowMs, () => this.kick())
  }

  /** What one partition may hold. */
  get #shareBytes(): number {
    const share = Math.floor(this.#config['buffered.bytes.max'] / (2 * Math.max(1, this.#assignment.size)))
    return Math.max(1, Math.min(this.#config['max.partition.fetch.bytes'], share))
  }

  /** Undefined when nobody can be asked now: metadata are on their way, or the position is being checked. */
  #brokerFor(partition: AssignedPartition, nowMs: number): number | undefined {
    const known = this.#cluster.metadata.partition(partition.topic, partition.partition)
    if (known === undefined || known.leaderId < 0 || this.#cluster.links.get(known.leaderId) === undefined) {
      this.#cluster.requestUpdate()
      return undefined
    }
    if (partition.isValidating) return undefined
    const mustValidate = known.leaderEpoch > partition.checkedEpoch && (partition.fetchPosition?.leaderEpoch ?? -1) >= 0
    if (mustValidate && partition.retryAtMs <= nowMs) {
      void this.#positions.validate(partition, known.leaderId, known.leaderEpoch)
      return undefined
    }
    const preferred = partition.preferredReplica
    if (
      preferred !== undefined &&
      preferred.untilMs > nowMs &&
      this.#cluster.links.get(preferred.brokerId) !== undefined
    ) {
      return preferred.brokerId
    }
    partition.preferredReplica = undefined
    return known.leaderId
  }

  async #fetch(brokerId: number, partitions: readonly AssignedPartition[], hasFull: boolean): Promise<void> {
    const link = this.#cluster.links.get(brokerId, 'fetch')
    let budgetBytes = this.#config['buffered.bytes.max'] - this.bufferedBytes
    for (const reservedBytes of this.#underWay.values()) budgetBytes -= reservedBytes
    if (link === undefined || budgetBytes < Math.min(this.#shareBytes, this.#config['buffered.bytes.max'] / 2)) return
    const maxBytes = Math.min(this.#config['fetch.max.bytes'], budgetBytes, partitions.length * this.#shareBytes)
    this.#underWay.set(brokerId, maxBytes)
    const session = this.#sessionWith(brokerId)
    const asked = new Map<string, Asked>()
    const sinceMs = this.#cluster.nowMs
    try {
      // The leader named last comes last: what the answer has no room for comes first the next time.
      const wishes = partitions.flatMap((partition) => this.#wish(partition, asked))
      const plan = session.plan(wishes)
      const maxVersion = wishes.some(({ topicId }) => topicId === zeroUuid) ? namesUpTo : fetchRequest.maxVersion
      const value = (): Input<FetchRequest> => this.#request(plan, maxBytes, hasFull)
      const timeoutMs = this.#config['request.timeout.ms'] + this.#config['fetch.max.wait.ms']
      this.#observer?.fetching?.(brokerId)
      const answer = await link.send(fetchRequest, fetchResponse, value, { maxVersion, timeoutMs })
      this.#underWay.delete(brokerId)
      if (this.#isClosed) return
      const isUsable = session.answered(answer.errorCode, answer.sessionId)
      const recordCounts = isUsable ? this.#take(brokerId, answer, asked) : undefined
      this.#observer?.fetched?.(brokerId, this.#cluster.nowMs - sinceMs)
      this.#measure(answer, this.#cluster.nowMs - sinceMs, recordCounts)
    } catch (error) {
      this.#underWay.delete(brokerId)
      session.failed()
      if (this.#isClosed) return
      this.#observer?.fetched?.(brokerId, this.#cluster.nowMs - sinceMs)
      this.#cluster.env.log.debug('a fetch failed', { brokerId, error })
      this.#retryAtMs.set(brokerId, this.#cluster.nowMs + this.#cluster.backoff.delayMs(1))
      for (const { partition } of asked.values()) partition.preferredReplica = undefined
      this.#cluster.requestUpdate()
    }
    this.kick()
  }

  /** `recordCounts`: by topic. */
  #measure(answer: FetchResponse, latencyMs: number, recordCounts: ReadonlyMap<string, number> = new Map()): void {
    let [sizeBytes, recordCount] = [0, 0]
    for (const { topic: name, topicId, partitions } of answer.responses) {
      let ofTopic = 0
      for (const { records } of partitions) ofTopic += records?.length ?? 0
      if (ofTopic === 0) continue
      sizeBytes += ofTopic
      const topic = name === '' ? this.#cluster.metadata.topicById(topicId)?.name : name
      if (topic === undefined) continue
      const count = recordCounts.get(topic) ?? 0
      recordCount += count
      this.#metrics.received(topic, ofTopic, count)
    }
    this.#metrics.fetched(latencyMs, sizeBytes, answer.throttleTimeMs, recordCount)
  }

  #sessionWith(brokerId: number): FetchSession {
    let session = this.#sessions.get(brokerId)
    if (session === undefined) {
      session = new FetchSession()
      this.#sessions.set(brokerId, session)
    }
    return session
  }

  #wish(partition: AssignedPartition, asked: Map<string, Asked>): FetchWish[] {
    const position = partition.fetchPosition
    if (position === undefined) return []
    asked.set(partition.key, { partition, position })
    const topic = this.#cluster.metadata.topic(partition.topic)
    return [
      {
        topic: partition.topic,
        partition: partition.partition,
        topicId: topic?.id ?? zeroUuid,
        fetchOffset: position.offset,
        currentLeaderEpoch: topic?.partitions[partition.partition]?.leaderEpoch ?? -1,
        maxBytes: this.#shareBytes,
      },
    ]
  }

  #request(plan: FetchPlan, maxBytes: number, hasFull: boolean): Input<FetchRequest> {
    const waitMs = this.#config['fetch.max.wait.ms']
    return {
      maxWaitMs: hasFull ? Math.min(waitMs, shortWaitMs) : waitMs,
      minBytes: this.#config['fetch.min.bytes'],
      maxBytes,
      isolationLevel: this.#config['isolation.level'] === 'read_committed' ? 1 : 0,
      sessionId: plan.sessionId,
      sessionEpoch: plan.sessionEpoch,
      topics: byTopic(plan.wishes).map(({ topic, topicId, wishes }) => ({
        topic,
        topicId,
        partitions: wishes.map(({ partition, currentLeaderEpoch, fetchOffset, maxBytes: partitionMaxBytes }) => ({
          partition,
          currentLeaderEpoch,
          fetchOffset: BigInt(fetchOffset),
          partitionMaxBytes,
        })),
      })),
      forgottenTopicsData: byTopic(plan.forgotten).map(({ topic, topicId, wishes }) => ({
        topic,
        topicId,
        partitions: wishes.map(({ partition }) => partition),
      })),
      rackId: this.#config['client.rack'],
    }
  }

  /** How many records have come of each topic. */
  #take(brokerId: number, answer: FetchResponse, asked: ReadonlyMap<string, Asked>): Map<string, number> {
    this.#retryAtMs.delete(brokerId)
    this.#takeLeaders(answer)
    const withRecords = answer.responses.flatMap(({ partitions }) => partitions).filter(hasRecords)
    const recordCounts = new Map<string, number>()
    for (const { topic: name, topicId, partitions } of answer.responses) {
      const topic = name === '' ? this.#cluster.metadata.topicById(topicId)?.name : name
      if (topic === undefined) continue
      for (const result of partitions) {
        const found = asked.get(partitionKey({ topic, partition: result.partitionIndex }))
        // Sought elsewhere, taken away or paused meanwhile: it is not what is wanted any more.
        if (found === undefined || found.partition.isGone || found.partition.fetchPosition !== found.position) continue
        const isFromLeader = found.partition.preferredReplica?.brokerId !== brokerId
        if (result.errorCode !== ErrorCode.NONE) this.#takeError(found.partition, result.errorCode, isFromLeader)
        else {
          const isReadingCommitted = this.#config['isolation.level'] === 'read_committed'
          const isAlone = withRecords.length === 1
          const count = addFetched(found.partition, result, { isReadingCommitted, isAlone })
          if (count !== undefined) recordCounts.set(topic, (recordCounts.get(topic) ?? 0) + count)
          this.#takePreferred(found.partition, result)
        }
      }
    }
    if (recordCounts.size > 0) this.#callbacks.onRecords()
    return recordCounts
  }

  #takeLeaders(answer: FetchResponse): void {
    const changes = answer.responses.flatMap(({ topic: name, topicId, partitions }) => {
      const topic = name === '' ? this.#cluster.metadata.topicById(topicId)?.name : name
      return partitions.flatMap(({ partitionIndex, currentLeader }) =>
        topic === undefined || currentLeader.leaderId < 0
          ? []
          : [{ topic, partition: partitionIndex, ...currentLeader }],
      )
    })
    if (changes.length === 0) return
    const endpoints = answer.nodeEndpoints.map(({ nodeId, host, port, rack }) => ({ id: nodeId, host, port, rack }))
    this.#cluster.takeLeaders(changes, endpoints)
  }

  #takePreferred(partition: AssignedPartition, { preferredReadReplica }: PartitionAnswer): void {
    if (preferredReadReplica < 0) return
    const untilMs = this.#cluster.nowMs + this.#config['metadata.max.age.ms']
    partition.preferredReplica = { brokerId: preferredReadReplica, untilMs }
  }

  #takeError(partition: AssignedPartition, errorCode: number, isFromLeader: boolean): void {
    const error = KafkaError.of(errorCode, `cannot read ${partition.key}: ${KafkaError.of(errorCode).message}`)
    partition.preferredReplica = undefined
    if (error.code === 'OFFSET_OUT_OF_RANGE') {
      // A follower may be behind the leader.
      if (!isFromLeader) return
      this.#cluster.env.log.warn(`the position ${partition.fetchPosition?.offset} of ${partition.key} is out of range`)
      partition.abort()
      void this.#positions.reset([partition])
      return
    }
    const mayPass = error.retriable || isStaleMetadata(error) || error.code === 'UNKNOWN_SERVER_ERROR'
    if (!mayPass) return this.#callbacks.onFailure(error)
    if (isStaleMetadata(error)) this.#cluster.requestUpdate()
    partition.failures++
    partition.retryAtMs = this.#cluster.nowMs + this.#cluster.backoff.delayMs(partition.failures)
  }
}

function hasRecords({ records }: PartitionAnswer): boolean {
  return records !== null && records.length > 0
}

function byTopic(
  wishes: readonly FetchWish[],
): { readonly topic: string; readonly topicId: string; readonly wishes: readonly FetchWish[] }[] {
  return [...Map.groupBy(wishes, ({ topic, topicId }) => `${topicId} ${topic}`).values()].flatMap((ofTopic) => {
    const [first] = ofTopic
    return first === undefined ? [] : [{ topic: first.topic, topicId: first.topicId, wishes: ofTopic }]
  })
}
