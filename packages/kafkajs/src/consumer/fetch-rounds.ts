import type { Timer } from '@odradek/base'
import type { KafkaCluster } from '../cluster/kafka-cluster.ts'

/** So often at most when nothing is fetched. */
const idleMsMin = 50

type Emit = (event: 'FETCH_START' | 'FETCH', payload: object) => void

/**
 * The events of fetches. kafkajs goes round and tells so also while there is nothing to fetch, since all is paused or nothing assigned: programs take it
 * for a sign that the consumer is alive. Broker ids are text in them, though its types say otherwise.
 */
export class FetchRounds {
  readonly #cluster: KafkaCluster
  readonly #idleMs: number
  readonly #emit: Emit
  #underWay = 0
  #timer: Timer | undefined
  #isStopped = false

  constructor(cluster: KafkaCluster, maxWaitMs: number, emit: Emit) {
    this.#cluster = cluster
    this.#idleMs = Math.max(idleMsMin, maxWaitMs)
    this.#emit = emit
  }

  began(nodeId: number): void {
    this.#underWay++
    this.#emit('FETCH_START', { nodeId: String(nodeId) })
  }

  ended(nodeId: number, durationMs: number): void {
    this.#underWay = Math.max(0, this.#underWay - 1)
    this.#emit('FETCH', { numberOfBatches: 0, duration: Math.round(durationMs), nodeId: String(nodeId) })
    this.start()
  }

  /** Begins to wait for the next round. */
  start(): void {
    this.#timer?.cancel()
    this.#timer = this.#isStopped ? undefined : this.#cluster.env.timers.after(this.#idleMs, () => this.#idle())
  }

  #idle(): void {
    const [nodeId] = this.#cluster.isConnected() ? this.#cluster.getNodeIds() : []
    if (this.#underWay > 0 || nodeId === undefined) return this.start()
    this.began(nodeId)
    this.ended(nodeId, this.#idleMs)
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }
}
