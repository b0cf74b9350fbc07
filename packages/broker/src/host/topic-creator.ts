import type { Env } from '@odradek/base'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { BrokerConfig } from '../config/broker-config.ts'
import { ConfigError } from '../config/config-error.ts'
import { validateTopicConfig } from '../config/resolve-topic-config.ts'
import { assignReplicas } from '../core/topics/assign-replicas.ts'
import type { AssignmentStart, BrokerPlace } from '../core/topics/assign-replicas.ts'
import { isBeingReassigned, settledAssignment } from '../core/topics/replica-assignment.ts'
import { collidingTopics, isInternalTopic, OFFSETS_TOPIC, topicNameFault } from '../core/topics/topic-name.ts'
import { newTopicId } from '../core/topics/new-topic-id.ts'
import { deleteTopicPath } from '../znodes/delete-topic.ts'
import type { TopicZnode } from '../znodes/topic.ts'
import { decodeTopic, encodeTopic, topicPath, topicsPath } from '../znodes/topic.ts'
import { writeConfigEntity } from './config-writer.ts'
import { unless } from './ensure-znodes.ts'
import type { MetadataCache } from './metadata-cache.ts'
import type { ZooKeeperSession } from './zookeeper-session.ts'

/** A topic that somebody wants. */
export interface NewTopic {
  readonly name: string
  /** -1: num.partitions, or as `assignments` has it. */
  readonly partitionCount: number
  /** -1: default.replication.factor, or as `assignments` has it. */
  readonly replicationFactor: number
  /** Replicas by partition; empty: the broker chooses. */
  readonly assignments: ReadonlyMap<number, readonly number[]>
  readonly config: ReadonlyMap<string, string>
}

export interface CreatedTopic {
  readonly topicId: string
  readonly partitionCount: number
  readonly replicationFactor: number
}

export interface TopicCreatorOptions {
  readonly session: ZooKeeperSession
  readonly metadataCache: MetadataCache
  readonly config: () => BrokerConfig
}

const noNewPartitions: AssignmentStart = { index: 0, shift: 0, partition: 0 }

/**
 * Writes topics and partitions into ZooKeeper; the controller sees them there and gives them leaders. For CreateTopics and CreatePartitions,
 * for topics that a client asks for (auto.create.topics.enable) and for the topics of the coordinators.
 */
export class TopicCreator {
  readonly #env: Env
  readonly #options: TopicCreatorOptions

  constructor(env: Env, options: TopicCreatorOptions) {
    this.#env = { ...env, random: env.random.fork('topic-creator') }
    this.#options = options
  }

  /** Checks the topic and, unless `validateOnly`, writes it. Rejects with `KafkaError`. */
  async create(topic: NewTopic, validateOnly: boolean): Promise<CreatedTopic> {
    const { session, metadataCache, config } = this.#options
    const { name } = topic
    if (metadataCache.topic(name) !== undefined) throw alreadyExists(name)
    const assignments = this.#assignmentsOf(topic, config())
    ensureNameIsValid(name)
    await this.#ensureFree(name)
    ensureAssignments(assignments)
    validateConfig(topic.config)
    const topicId = newTopicId(this.#env.random)
    const created = {
      topicId,
      partitionCount: assignments.size,
      replicationFactor: assignments.get(0)?.length ?? 0,
    }
    if (validateOnly) return created
    await writeConfigEntity(session, 'topics', name, topic.config)
    const partitions = new Map(
      [...assignments].map(([partition, replicas]) => [partition, settledAssignment(replicas)]),
    )
    const data = encodeTopic({ topicId, partitions })
    const written = await session.run((client) => unless(client.create(topicPath(name), data), 'NODE_EXISTS'))
    if (written === undefined) throw alreadyExists(name)
    return created
  }

  /**
   * Writes each topic with its defaults (internal topics: with theirs), unless it is there already.
   * Resolves to an error code per topic: NONE when it was written now, TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION,
   * INVALID_REPLICATION_FACTOR, …. The controller makes the partitions afterwards.
   */
  async createMissing(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const outcomes = await Promise.all(
      names.map(async (name): Promise<readonly [string, number]> => {
        try {
          await this.create(this.#defaultsOf(name), false)
          return [name, ErrorCode.NONE]
        } catch (error) {
          if (error instanceof KafkaError) return [name, error.errorCode]
          this.#env.log.error('Could not create a topic', { topic: name, error })
          return [name, ErrorCode.UNKNOWN_SERVER_ERROR]
        }
      }),
    )
    return new Map(outcomes)
  }

  /**
   * Adds partitions to a topic up to `count`; `assignments` are the replicas of the new ones, or undefined to have them chosen.
   * Resolves to the number that there are. Rejects with `KafkaError`.
   */
  async addPartitions(
    name: string,
    count: number,
    assignments: readonly (readonly number[])[] | undefined,
    validateOnly: boolean,
  ): Promise<number> {
    const { session } = this.#options
    // Who writes the znode meanwhile, as the controller does for a reassignment, is not written over.
    for (let attempted: Buffer | undefined; ;) {
      const read = await session.run((client) => unless(client.getData(topicPath(name)), 'NO_NODE'))
      if (read === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`)
      // The write may have come through although its answer did not.
      if (attempted !== undefined && read.data?.equals(attempted) === true) return count
      const data = encodeTopic(this.#extended(name, decodeTopic(name, read.data), count, assignments))
      if (validateOnly) return count
      const { version } = read.stat
      if (await session.run((client) => unless(client.setData(topicPath(name), data, version), 'BAD_VERSION'))) {
        return count
      }
      attempted = data
    }
  }

  /** The topic with its new partitions. Throws `KafkaError` when it cannot have them. */
  #extended(
    name: string,
    topic: TopicZnode,
    count: number,
    assignments: readonly (readonly number[])[] | undefined,
  ): TopicZnode {
    const present = topic.partitions.size
    if ([...topic.partitions.values()].some(isBeingReassigned)) {
      throw new KafkaError(
        'REASSIGNMENT_IN_PROGRESS',
        `A partition reassignment is in progress for the topic '${name}'.`,
      )
    }
    if (count < present) {
      throw new KafkaError(
        'INVALID_PARTITIONS',
        `Topic currently has ${present} partitions, which is higher than the requested ${count}.`,
      )
    }
    if (count === present) throw new KafkaError('INVALID_PARTITIONS', `Topic already has ${present} partitions.`)
    const added = this.#newPartitions(topic.partitions.get(0)?.replicas ?? [], present, count, assignments)
    const partitions = new Map([
      ...topic.partitions,
      ...added.map((replicas, index) => [present + index, settledAssignment(replicas)] as const),
    ])
    return { ...topic, partitions }
  }

  get #brokers(): BrokerPlace[] {
    return [...this.#options.metadataCache.brokers.values()].map(({ id, rack }) => ({
      brokerId: id,
      rack: rack ?? undefined,
    }))
  }

  #defaultsOf(name: string): NewTopic {
    const config = this.#options.config()
    const common = { name, assignments: new Map<number, readonly number[]>() }
    if (!isInternalTopic(name)) {
      return { ...common, partitionCount: -1, replicationFactor: -1, config: new Map() }
    }
    if (name === OFFSETS_TOPIC) {
      return {
        ...common,
        partitionCount: config.offsetsTopicNumPartitions,
        replicationFactor: config.offsetsTopicReplicationFactor,
        config: new Map([
          ['compression.type', 'producer'],
          ['cleanup.policy', 'compact'],
          ['segment.bytes', String(config.offsetsTopicSegmentBytes)],
        ]),
      }
    }
    return {
      ...common,
      partitionCount: config.transactionStateLogNumPartitions,
      replicationFactor: config.transactionStateLogReplicationFactor,
      config: new Map([
        ['compression.type', 'uncompressed'],
        ['cleanup.policy', 'compact'],
        ['min.insync.replicas', String(config.transactionStateLogMinIsr)],
        ['segment.bytes', String(config.transactionStateLogSegmentBytes)],
        ['unclean.leader.election.enable', 'false'],
      ]),
    }
  }

  #assignmentsOf(topic: NewTopic, config: BrokerConfig): ReadonlyMap<number, readonly number[]> {
    if (topic.assignments.size > 0) {
      if (topic.partitionCount !== -1 || topic.replicationFactor !== -1) {
        throw new KafkaError(
          'INVALID_REQUEST',
          'Both numPartitions or replicationFactor and replicasAssignments were set. Both cannot be used at the same time.',
        )
      }
      return topic.assignments
    }
    const partitionCount = topic.partitionCount === -1 ? config.numPartitions : topic.partitionCount
    const replicationFactor = topic.replicationFactor === -1 ? config.defaultReplicationFactor : topic.replicationFactor
    const brokers = this.#brokers
    const { random } = this.#env
    const start =
      brokers.length === 0
        ? noNewPartitions
        : { index: random.integer(brokers.length), shift: random.integer(brokers.length), partition: 0 }
    return new Map(assignReplicas(brokers, partitionCount, replicationFactor, start).entries())
  }

  #newPartitions(
    first: readonly number[],
    present: number,
    count: number,
    assignments: readonly (readonly number[])[] | undefined,
  ): readonly (readonly number[])[] {
    const brokers = this.#brokers
    if (assignments === undefined) {
      const sorted = brokers.map(({ brokerId }) => brokerId).sort((left, right) => left - right)
      const index = Math.max(
        0,
        sorted.findIndex((brokerId) => brokerId >= (first[0] ?? 0)),
      )
      return assignReplicas(brokers, count - present, first.length, { index, shift: index, partition: present })
    }
    const unknown = [...new Set(assignments.flat())].filter((id) => !brokers.some(({ brokerId }) => brokerId === id))
    if (unknown.length > 0) throw badAssignment(`Unknown broker(s) in replica assignment: ${unknown.join(', ')}.`)
    if (assignments.length !== count - present) {
      throw badAssignment(
        `Increasing the number of partitions by ${count - present} but ${assignments.length} assignments provided.`,
      )
    }
    for (const [index, replicas] of assignments.entries()) {
      if (replicas.length === 0) {
        throw badAssignment(`Cannot have replication factor of 0 for partition id ${present + index}.`)
      }
      if (new Set(replicas).size !== replicas.length) {
        throw badAssignment(`Duplicate brokers not allowed in replica assignment: ${replicas.join(', ')}.`)
      }
      if (replicas.length !== first.length) {
        throw badAssignment(
          `Inconsistent replication factor between partitions, partition 0 has ${first.length} while partition ${present + index} has replication factor ${replicas.length}.`,
        )
      }
    }
    return assignments
  }

  /** No topic of this name, none that is being deleted, and none that metrics would take for it. */
  async #ensureFree(name: string): Promise<void> {
    const { session } = this.#options
    const [deleting, present, listed] = await session.run((client) =>
      Promise.all([
        client.exists(deleteTopicPath(name)),
        client.exists(topicPath(name)),
        /[._]/.test(name) ? unless(client.getChildren(topicsPath), 'NO_NODE') : undefined,
      ]),
    )
    if (deleting !== undefined) {
      throw new KafkaError('TOPIC_ALREADY_EXISTS', `Topic '${name}' is marked for deletion.`)
    }
    if (present !== undefined) throw alreadyExists(name)
    const colliding = collidingTopics(name, listed?.children ?? [])
    if (colliding.length > 0) {
      throw new KafkaError(
        'INVALID_TOPIC_EXCEPTION',
        `Topic '${name}' collides with existing topics: ${colliding.join(', ')}`,
      )
    }
  }
}

function alreadyExists(name: string): KafkaError {
  return new KafkaError('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`)
}

function badAssignment(message: string): KafkaError {
  return new KafkaError('INVALID_REPLICA_ASSIGNMENT', message)
}

function ensureNameIsValid(name: string): void {
  const fault = topicNameFault(name)
  if (fault !== undefined) throw new KafkaError('INVALID_TOPIC_EXCEPTION', fault)
}

function ensureAssignments(assignments: ReadonlyMap<number, readonly number[]>): void {
  const sizes = new Set([...assignments.values()].map((replicas) => replicas.length))
  if (sizes.size !== 1 || sizes.has(0)) throw badAssignment('All partitions should have the same number of replicas')
  for (const replicas of assignments.values()) {
    if (new Set(replicas).size !== replicas.length) {
      throw badAssignment(`Duplicate replica assignment found: ${replicas.join(', ')}`)
    }
  }
  for (let partition = 0; partition < assignments.size; partition++) {
    if (!assignments.has(partition)) {
      throw badAssignment('Partitions should be a consecutive 0-based integer sequence')
    }
  }
}

function validateConfig(config: ReadonlyMap<string, string>): void {
  try {
    validateTopicConfig(config)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new KafkaError('INVALID_CONFIG', error.message)
  }
}
