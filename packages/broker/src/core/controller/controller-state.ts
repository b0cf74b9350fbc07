import type { BrokerEndpoint } from '../../znodes/broker-id.ts'
import type { ReplicaAssignment } from '../../znodes/topic.ts'

/** Nobody leads. */
export const NO_LEADER = -1
/** In UpdateMetadata: the partition's topic is being deleted. */
export const LEADER_DURING_DELETE = -2

/** A registered broker. */
export interface LiveBroker {
  readonly brokerId: number
  /** The czxid of its registration. */
  readonly epoch: bigint
  readonly endpoints: readonly BrokerEndpoint[]
  readonly rack: string | undefined
}

/** A partition's state znode, with its version. */
export interface Leadership {
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  readonly isRecovering: boolean
  readonly controllerEpoch: number
  /** The version of the znode. */
  readonly partitionEpoch: number
}

/** One partition as the controller knows it. */
export interface ControlledPartition {
  readonly topic: string
  readonly partition: number
  assignment: ReplicaAssignment
  /** Undefined until its state znode exists. */
  leadership: Leadership | undefined
}

export interface ControlledTopic {
  readonly name: string
  readonly topicId: string
  readonly partitions: Map<number, ControlledPartition>
}

/** How far the deletion of one replica has come. */
export type ReplicaDeletion = 'started' | 'done' | 'ineligible'

/** What the controller keeps in memory while it is elected: a view of ZooKeeper that only its own procedures change. */
export class ControllerState {
  readonly liveBrokers = new Map<number, LiveBroker>()
  /** Brokers that are in controlled shutdown: they lead nothing any more. */
  readonly shuttingDown = new Set<number>()
  readonly topics = new Map<string, ControlledTopic>()
  readonly topicNamesById = new Map<string, string>()
  /** Partitions that a broker cannot serve since a log directory failed, by broker. */
  readonly failedReplicas = new Map<number, Set<ControlledPartition>>()
  readonly topicsToDelete = new Set<string>()
  /** Of topicsToDelete: those that must wait for a broker or a reassignment. */
  readonly ineligibleForDeletion = new Set<string>()
  /** Replicas of topicsToDelete, by topic and `partition/broker`. */
  readonly replicaDeletions = new Map<string, Map<string, ReplicaDeletion>>()

  addTopic(name: string, topicId: string): ControlledTopic {
    const topic: ControlledTopic = { name, topicId, partitions: new Map() }
    this.topics.set(name, topic)
    this.topicNamesById.set(topicId, name)
    return topic
  }

  removeTopic(name: string): void {
    const topic = this.topics.get(name)
    if (topic === undefined) return
    this.topics.delete(name)
    this.topicNamesById.delete(topic.topicId)
    this.replicaDeletions.delete(name)
    for (const failed of this.failedReplicas.values()) {
      for (const partition of topic.partitions.values()) failed.delete(partition)
    }
  }

  partition(topic: string, partition: number): ControlledPartition | undefined {
    return this.topics.get(topic)?.partitions.get(partition)
  }

  *allPartitions(): Iterable<ControlledPartition> {
    for (const topic of this.topics.values()) yield* topic.partitions.values()
  }

  /** Partitions that have a replica on the broker. */
  *partitionsOn(brokerId: number): Iterable<ControlledPartition> {
    for (const partition of this.allPartitions()) {
      if (partition.assignment.replicas.includes(brokerId)) yield partition
    }
  }

  isDeleting(topic: string): boolean {
    return this.topicsToDelete.has(topic)
  }

  /** Whether the broker may lead and follow: registered, and not about to go. */
  isLive(brokerId: number): boolean {
    return this.liveBrokers.has(brokerId) && !this.shuttingDown.has(brokerId)
  }

  /** Whether the broker can serve this replica. */
  isReplicaOnline(brokerId: number, partition: ControlledPartition, includeShuttingDown = false): boolean {
    const isThere = includeShuttingDown ? this.liveBrokers.has(brokerId) : this.isLive(brokerId)
    return isThere && this.failedReplicas.get(brokerId)?.has(partition) !== true
  }

  onlineReplicas(partition: ControlledPartition): number[] {
    return partition.assignment.replicas.filter((brokerId) => this.isReplicaOnline(brokerId, partition))
  }

  /** Whether an election could help: nobody leads, or somebody who is not there. */
  isLeaderless(partition: ControlledPartition): boolean {
    const leader = partition.leadership?.leader
    return leader !== undefined && (leader === NO_LEADER || !this.isReplicaOnline(leader, partition))
  }
}

export function preferredLeaderOf(partition: ControlledPartition): number | undefined {
  return partition.assignment.replicas[0]
}

export function partitionName({ topic, partition }: Pick<ControlledPartition, 'topic' | 'partition'>): string {
  return `${topic}-${partition}`
}
