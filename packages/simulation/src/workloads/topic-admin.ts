import type { SimulatedMachine } from '@odradek/env-sim'
import { ErrorCode } from '@odradek/kafka-protocol'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { deleteTopicsRequest, deleteTopicsResponse } from '@odradek/kafka-protocol/messages/20-delete-topics'
import type { TopicRegistry } from '../invariants/topic-registry.ts'
import type { World } from '../world.ts'
import { BrokerLink } from './broker-link.ts'

const partitionsMax = 3
const requestTimeoutMs = 3_000
/** When all is calm the cluster must be as it was told within this. */
const settleMsMax = 60_000

/**
 * As with Kafka: before the controller has told the broker of itself there are not enough brokers; a broker that loses ZooKeeper's
 * answer asks again, and then the topic is there; and without a session it knows nothing to say.
 */
const createErrors = ['INVALID_REPLICATION_FACTOR', 'TOPIC_ALREADY_EXISTS', 'UNKNOWN_SERVER_ERROR']

/** Creates topics and deletes some of them. */
export class TopicAdmin {
  readonly #world: World
  readonly #registry: TopicRegistry
  readonly #link: BrokerLink
  #count = 0
  #isStopping = false

  constructor(
    world: World,
    machine: SimulatedMachine,
    options: { name: string; broker: { host: string; port: number }; registry: TopicRegistry },
  ) {
    this.#world = world
    this.#registry = options.registry
    this.#link = new BrokerLink(world, machine, options.name, options.broker)
  }

  async run(): Promise<void> {
    while (!this.#isStopping) {
      await this.#link.pause(2_000)
      const isDelete = this.#link.random.chance(0.4)
      await this.#link.attempt(() => (isDelete ? this.#delete() : this.#create()))
    }
  }

  stop(): void {
    this.#isStopping = true
  }

  /** Called when nobody makes trouble any more. */
  async finish(): Promise<void> {
    const deadlineMs = this.#world.now + settleMsMax
    let complaint: string | undefined = 'no answer to Metadata'
    while (complaint !== undefined && this.#world.now < deadlineMs) {
      await this.#link.attempt(async () => {
        complaint = this.#registry.complaint(await this.#ledPartitions())
      })
      if (complaint !== undefined) await this.#link.pause(500)
    }
    if (complaint !== undefined) this.#registry.violate(complaint)
    this.#link.close()
  }

  async #create(): Promise<void> {
    const name = `topic-${++this.#count}`
    const numPartitions = 1 + this.#link.random.integer(partitionsMax)
    const topics = [{ name, numPartitions, replicationFactor: 1 }]
    const value = { topics, timeoutMs: requestTimeoutMs }
    const answer = await this.#link.send(createTopicsRequest, createTopicsResponse, value)
    if (!this.#link.isFine(answer.topics[0]?.errorCode ?? -1, 'CreateTopics', createErrors)) return
    this.#registry.created(name, numPartitions)
    this.#world.count('topics created')
  }

  async #delete(): Promise<void> {
    const { candidates } = this.#registry
    if (candidates.length === 0) return
    const name = this.#link.random.pick(candidates)
    this.#registry.deleting(name)
    const value = { topicNames: [name], timeoutMs: requestTimeoutMs }
    const answer = await this.#link.send(deleteTopicsRequest, deleteTopicsResponse, value, { max: 5 })
    if (!this.#link.isFine(answer.responses[0]?.errorCode ?? -1, 'DeleteTopics')) return
    this.#registry.deleted(name)
    this.#world.count('topics deleted')
  }

  async #ledPartitions(): Promise<Map<string, number>> {
    const value = { topics: null, allowAutoTopicCreation: false }
    const answer = await this.#link.send(metadataRequest, metadataResponse, value, { min: 4 })
    const led = new Map<string, number>()
    for (const { name, errorCode, partitions } of answer.topics) {
      if (name === null || errorCode !== ErrorCode.NONE) continue
      led.set(
        name,
        partitions.filter(({ leaderId, errorCode: code }) => leaderId >= 0 && code === ErrorCode.NONE).length,
      )
    }
    return led
  }
}
