import { ErrorCode } from '@odradek/kafka-protocol'
import type { BrokerSend, ControllerEvent } from '../../src/core/controller/controller-event.ts'
import { LEADER_DURING_DELETE } from '../../src/core/controller/controller-state.ts'

/** What a broker knows of one partition. */
export interface KnownPartition {
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
}

const STALE_CONTROLLER_EPOCH = ErrorCode.STALE_CONTROLLER_EPOCH
const STALE_BROKER_EPOCH = ErrorCode.STALE_BROKER_EPOCH

/** As much of a broker as a controller can see: it obeys, and refuses what is meant for an earlier life of it or comes from an earlier controller. */
export class SimulatedBroker {
  readonly brokerId: number
  readonly epoch: bigint
  /** By `topic/partition`: the replicas that it holds, and what it knows of all. */
  readonly replicas: Map<string, KnownPartition>
  readonly metadata = new Map<string, KnownPartition>()
  #controllerEpoch = -1

  /** `replicas` survive a crash: they are on disk. */
  constructor(brokerId: number, epoch: bigint, replicas: Map<string, KnownPartition>) {
    this.brokerId = brokerId
    this.epoch = epoch
    this.replicas = replicas
  }

  /** Does what it is told, and answers. */
  obey(send: BrokerSend): ControllerEvent {
    const errorCode = this.#refusal(send)
    const { brokerId } = this
    switch (send.api) {
      case 'leader-and-isr': {
        if (errorCode === 0) this.#lead(send)
        const response = { errorCode, partitionErrors: [], topics: [] }
        return { type: 'broker-answered', brokerId, api: send.api, request: send.request, response }
      }
      case 'update-metadata': {
        if (errorCode === 0) this.#learn(send)
        return { type: 'broker-answered', brokerId, api: send.api, request: send.request, response: { errorCode } }
      }
      case 'stop-replica': {
        if (errorCode === 0) this.#stop(send)
        const response = { errorCode, partitionErrors: [] }
        return { type: 'broker-answered', brokerId, api: send.api, request: send.request, response }
      }
    }
  }

  #refusal({ request }: BrokerSend): number {
    if ((request.brokerEpoch ?? -1n) < this.epoch) return STALE_BROKER_EPOCH
    if ((request.controllerEpoch ?? -1) < this.#controllerEpoch) return STALE_CONTROLLER_EPOCH
    this.#controllerEpoch = request.controllerEpoch ?? -1
    return 0
  }

  #lead({ request }: Extract<BrokerSend, { api: 'leader-and-isr' }>): void {
    for (const { topicName, partitionStates } of request.topicStates ?? []) {
      for (const { partitionIndex, leader = -1, leaderEpoch = -1, isr = [] } of partitionStates ?? []) {
        const key = `${topicName}/${partitionIndex}`
        const known = this.replicas.get(key)
        if (known === undefined || leaderEpoch > known.leaderEpoch) {
          this.replicas.set(key, { leader, leaderEpoch, isr: [...isr] })
        }
      }
    }
  }

  #learn({ request }: Extract<BrokerSend, { api: 'update-metadata' }>): void {
    for (const { topicName, partitionStates } of request.topicStates ?? []) {
      for (const { partitionIndex, leader = -1, leaderEpoch = -1, isr = [] } of partitionStates ?? []) {
        const key = `${topicName}/${partitionIndex}`
        if (leader === LEADER_DURING_DELETE) this.metadata.delete(key)
        else this.metadata.set(key, { leader, leaderEpoch, isr: [...isr] })
      }
    }
  }

  #stop({ request }: Extract<BrokerSend, { api: 'stop-replica' }>): void {
    for (const { topicName, partitionStates } of request.topicStates ?? []) {
      for (const { partitionIndex, deletePartition } of partitionStates ?? []) {
        if (deletePartition === true) this.replicas.delete(`${topicName}/${partitionIndex}`)
      }
    }
  }
}
