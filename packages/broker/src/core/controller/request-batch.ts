import type { Input } from '@odradek/kafka-protocol'
import type { LeaderAndIsrRequest } from '@odradek/kafka-protocol/messages/04-leader-and-isr'
import type { StopReplicaRequest } from '@odradek/kafka-protocol/messages/05-stop-replica'
import type { UpdateMetadataRequest } from '@odradek/kafka-protocol/messages/06-update-metadata'
import type { ControllerContext } from './controller-context.ts'
import type { ControlledPartition, LiveBroker } from './controller-state.ts'
import { LEADER_DURING_DELETE } from './controller-state.ts'

type LeaderAndIsrTopic = NonNullable<Input<LeaderAndIsrRequest>['topicStates']>[number]
type LeaderAndIsrPartition = NonNullable<LeaderAndIsrTopic['partitionStates']>[number]
type UpdateMetadataTopic = NonNullable<Input<UpdateMetadataRequest>['topicStates']>[number]
type UpdateMetadataPartition = NonNullable<UpdateMetadataTopic['partitionStates']>[number]
type StopReplicaTopic = NonNullable<Input<StopReplicaRequest>['topicStates']>[number]

const SECURITY_PROTOCOL_IDS: Readonly<Record<string, number>> = {
  PLAINTEXT: 0,
  SSL: 1,
  SASL_PLAINTEXT: 2,
  SASL_SSL: 3,
}

/** Leader epochs in StopReplica that stand for more than an epoch (KIP-570). */
const EPOCH_DURING_DELETE = -2
const NO_EPOCH = -1

function byTopic<Item>(
  items: Iterable<readonly [ControlledPartition, Item]>,
): Map<string, (readonly [ControlledPartition, Item])[]> {
  const topics = new Map<string, (readonly [ControlledPartition, Item])[]>()
  for (const entry of items) {
    const list = topics.get(entry[0].topic)
    if (list === undefined) topics.set(entry[0].topic, [entry])
    else list.push(entry)
  }
  return topics
}

/**
 * Gathers what one change of state has to say to the brokers, and sends it: to each broker at most one LeaderAndIsr,
 * one UpdateMetadata and one StopReplica, in this order.
 */
export class RequestBatch {
  readonly #context: ControllerContext
  readonly #leaderAndIsr = new Map<number, Map<ControlledPartition, boolean>>()
  readonly #updateMetadataBrokers = new Set<number>()
  readonly #updateMetadataPartitions = new Set<ControlledPartition>()
  readonly #stopReplica = new Map<number, Map<ControlledPartition, boolean>>()

  constructor(context: ControllerContext) {
    this.#context = context
  }

  get #liveBrokers(): ReadonlyMap<number, LiveBroker> {
    return this.#context.state.liveBrokers
  }

  /** Tells the replicas on `brokerIds` who leads, and all brokers likewise. `isNew`: the replica may be created empty. */
  addLeaderAndIsr(brokerIds: readonly number[], partition: ControlledPartition, isNew: boolean): void {
    for (const brokerId of brokerIds) {
      let partitions = this.#leaderAndIsr.get(brokerId)
      if (partitions === undefined) this.#leaderAndIsr.set(brokerId, (partitions = new Map()))
      partitions.set(partition, isNew || partitions.get(partition) === true)
    }
    this.addUpdateMetadata([...this.#liveBrokers.keys()], [partition])
  }

  /** Tells brokers about the partitions (and, in any case, about all live brokers). */
  addUpdateMetadata(brokerIds: Iterable<number>, partitions: Iterable<ControlledPartition>): void {
    for (const brokerId of brokerIds) if (brokerId >= 0) this.#updateMetadataBrokers.add(brokerId)
    for (const partition of partitions) {
      if (partition.leadership !== undefined) this.#updateMetadataPartitions.add(partition)
    }
  }

  addStopReplica(brokerIds: readonly number[], partition: ControlledPartition, isDeleted: boolean): void {
    for (const brokerId of brokerIds) {
      let partitions = this.#stopReplica.get(brokerId)
      if (partitions === undefined) this.#stopReplica.set(brokerId, (partitions = new Map()))
      partitions.set(partition, isDeleted || partitions.get(partition) === true)
    }
  }

  /** Sends what was gathered; brokers that are not there get nothing. */
  flush(): void {
    for (const [brokerId, partitions] of this.#leaderAndIsr) this.#sendLeaderAndIsr(brokerId, partitions)
    this.#sendUpdateMetadata()
    for (const [brokerId, partitions] of this.#stopReplica) this.#sendStopReplica(brokerId, partitions)
    this.#leaderAndIsr.clear()
    this.#updateMetadataBrokers.clear()
    this.#updateMetadataPartitions.clear()
    this.#stopReplica.clear()
  }

  #topicId(topic: string): string | undefined {
    return this.#context.state.topics.get(topic)?.topicId
  }

  #sendLeaderAndIsr(brokerId: number, partitions: ReadonlyMap<ControlledPartition, boolean>): void {
    const broker = this.#liveBrokers.get(brokerId)
    if (broker === undefined) return
    const leaders = new Set<number>()
    const topicStates: LeaderAndIsrTopic[] = []
    for (const [topic, entries] of byTopic(partitions)) {
      const partitionStates: LeaderAndIsrPartition[] = []
      for (const [partition, isNew] of entries) {
        const { leadership, assignment } = partition
        if (leadership === undefined) continue
        leaders.add(leadership.leader)
        partitionStates.push({
          partitionIndex: partition.partition,
          controllerEpoch: leadership.controllerEpoch,
          leader: leadership.leader,
          leaderEpoch: leadership.leaderEpoch,
          isr: [...leadership.isr],
          partitionEpoch: leadership.partitionEpoch,
          replicas: [...assignment.replicas],
          addingReplicas: [...assignment.adding],
          removingReplicas: [...assignment.removing],
          isNew,
          leaderRecoveryState: leadership.isRecovering ? 1 : 0,
        })
      }
      if (partitionStates.length > 0) {
        const topicId = this.#topicId(topic)
        topicStates.push({ topicName: topic, ...(topicId === undefined ? {} : { topicId }), partitionStates })
      }
    }
    if (topicStates.length === 0) return
    const listener = this.#context.settings.interBrokerListenerName
    const liveLeaders = [...leaders].flatMap((leader) => {
      const endpoint = this.#liveBrokers.get(leader)?.endpoints.find(({ name }) => name === listener)
      return endpoint === undefined ? [] : [{ brokerId: leader, hostName: endpoint.host, port: endpoint.port }]
    })
    this.#context.put({
      type: 'send',
      brokerId,
      api: 'leader-and-isr',
      request: { ...this.#head(broker), type: 0, topicStates, liveLeaders },
    })
  }

  #head(broker: LiveBroker): { controllerId: number; controllerEpoch: number; brokerEpoch: bigint } {
    return {
      controllerId: this.#context.settings.brokerId,
      controllerEpoch: this.#context.epoch,
      brokerEpoch: broker.epoch,
    }
  }

  #updateMetadataPartition(partition: ControlledPartition): UpdateMetadataPartition | undefined {
    const { leadership, assignment } = partition
    if (leadership === undefined) return undefined
    const { state, epoch } = this.#context
    const isDeleting = state.isDeleting(partition.topic)
    return {
      partitionIndex: partition.partition,
      controllerEpoch: isDeleting ? epoch : leadership.controllerEpoch,
      leader: isDeleting ? LEADER_DURING_DELETE : leadership.leader,
      leaderEpoch: isDeleting ? 0 : leadership.leaderEpoch,
      isr: [...leadership.isr],
      zkVersion: isDeleting ? 0 : leadership.partitionEpoch,
      replicas: [...assignment.replicas],
      offlineReplicas: assignment.replicas.filter((brokerId) => !state.isReplicaOnline(brokerId, partition)),
    }
  }

  #sendUpdateMetadata(): void {
    const entries = [...this.#updateMetadataPartitions].flatMap((partition) => {
      const item = this.#updateMetadataPartition(partition)
      return item === undefined ? [] : [[partition, item] as const]
    })
    const topicStates: UpdateMetadataTopic[] = [...byTopic(entries)].map(([topic, list]) => {
      const topicId = this.#topicId(topic)
      return {
        topicName: topic,
        ...(topicId === undefined ? {} : { topicId }),
        partitionStates: list.map(([, item]) => item),
      }
    })
    const liveBrokers = [...this.#liveBrokers.values()].map((broker) => ({
      id: broker.brokerId,
      endpoints: broker.endpoints.map((endpoint) => ({
        port: endpoint.port,
        host: endpoint.host,
        listener: endpoint.name,
        securityProtocol: SECURITY_PROTOCOL_IDS[endpoint.securityProtocol] ?? 0,
      })),
      rack: broker.rack ?? null,
    }))
    for (const brokerId of this.#updateMetadataBrokers) {
      const broker = this.#liveBrokers.get(brokerId)
      if (broker === undefined) continue
      this.#context.put({
        type: 'send',
        brokerId,
        api: 'update-metadata',
        request: { ...this.#head(broker), topicStates, liveBrokers },
      })
    }
  }

  #sendStopReplica(brokerId: number, partitions: ReadonlyMap<ControlledPartition, boolean>): void {
    const broker = this.#liveBrokers.get(brokerId)
    if (broker === undefined) return
    const topicStates: StopReplicaTopic[] = [...byTopic(partitions)].map(([topicName, entries]) => ({
      topicName,
      partitionStates: entries.map(([partition, deletePartition]) => ({
        partitionIndex: partition.partition,
        leaderEpoch: this.#context.state.isDeleting(topicName)
          ? EPOCH_DURING_DELETE
          : (partition.leadership?.leaderEpoch ?? NO_EPOCH),
        deletePartition,
      })),
    }))
    this.#context.put({
      type: 'send',
      brokerId,
      api: 'stop-replica',
      request: { ...this.#head(broker), topicStates },
    })
  }
}
