import type { RequestContext } from './request-context.ts'

/** A broker's address in an answer. */
export interface NodeEndpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** Who leads now, told beside an error so that the client need not ask (KIP-951). One per answer: each broker is named once. */
export class LeaderHints {
  readonly nodeEndpoints: NodeEndpoint[] = []
  readonly #context: RequestContext

  constructor(context: RequestContext) {
    this.#context = context
  }

  /** The leader and its epoch, -1 for what is not known; its address is added to `nodeEndpoints`. */
  leaderOf(topic: string, partitionIndex: number): { leaderId: number; leaderEpoch: number } {
    const { broker, connection } = this.#context
    const held = broker.replicaManager.find(topic, partitionIndex)?.replicas
    const told = broker.metadataCache.partition(topic, partitionIndex)
    const leaderId = held?.leader ?? told?.leader ?? -1
    const leaderEpoch = held?.leaderEpoch ?? told?.leaderEpoch ?? -1
    const endpoint = broker.metadataCache.endpoint(leaderId, connection.listenerName)
    if (endpoint !== undefined && this.nodeEndpoints.every(({ nodeId }) => nodeId !== leaderId)) {
      const rack = broker.metadataCache.brokers.get(leaderId)?.rack ?? null
      this.nodeEndpoints.push({ nodeId: leaderId, host: endpoint.host, port: endpoint.port, rack })
    }
    return { leaderId, leaderEpoch }
  }
}
