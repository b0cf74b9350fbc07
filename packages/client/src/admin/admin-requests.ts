import type { Message } from '@odradek/kafka-protocol'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import type { CoordinatorType } from '../cluster/coordinator-finder.ts'
import type { BrokerLink, RequestValue, SendOptions } from '../cluster/broker-link.ts'
import { ClientError } from '../client-error.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { throwIfFailed } from './settle-batch.ts'

/** Whom a request is for. */
export type Target =
  | { readonly kind: 'any' | 'controller' }
  | { readonly kind: 'broker'; readonly id: number }
  | { readonly kind: 'coordinator'; readonly type: CoordinatorType; readonly key: string }

/** Of the time that a request may take, the part that a broker may wait. */
const answerShare = 0.9

export const anyBroker: Target = { kind: 'any' }
export const controller: Target = { kind: 'controller' }

export function groupCoordinator(groupId: string): Target {
  return { kind: 'coordinator', type: 'group', key: groupId }
}

/** What calls of the admin client are made of: one request to whom it is for. */
export class AdminRequests {
  readonly cluster: Cluster
  /** How long one call goes on, in ms. */
  readonly timeoutMs: number

  /** How long a broker may wait before it answers: it is to do so before the request is given up here. */
  readonly brokerTimeoutMs: number

  constructor(cluster: Cluster, timeoutMs: number) {
    this.cluster = cluster
    this.timeoutMs = timeoutMs
    this.brokerTimeoutMs = Math.ceil(Math.min(timeoutMs, cluster.config['request.timeout.ms']) * answerShare)
  }

  /** One request, once. Rejects with `ClientError`, or with the `KafkaError` of a coordinator that there is not. */
  async send<Request, Response>(
    target: Target,
    request: Message<Request>,
    response: Message<Response>,
    value: RequestValue<Request>,
    options?: SendOptions,
  ): Promise<Response> {
    const link = await this.link(target)
    return link.send(request, response, value, options)
  }

  /**
   * One request whose answer has one error, again while that is retriable. `check` throws it; without it `errorCode` and `errorMessage` of the
   * answer are looked at.
   */
  call<Request, Response>(
    target: Target,
    request: Message<Request>,
    response: Message<Response>,
    value: RequestValue<Request>,
    check: (answer: Response) => void = throwTopLevelError,
  ): Promise<Response> {
    const onRetry = (): void => this.forget(target)
    return this.cluster.retry({ timeoutMs: this.timeoutMs, onRetry }, async () => {
      const answer = await this.send(target, request, response, value)
      check(answer)
      return answer
    })
  }

  /** What is known of where `target` is may be old: the next request finds it anew. */
  forget(target: Target): void {
    if (target.kind === 'coordinator') this.cluster.coordinators.forget(target.type, target.key)
    this.cluster.requestUpdate()
  }

  async link(target: Target): Promise<BrokerLink> {
    const { cluster } = this
    await cluster.ready({ timeoutMs: this.timeoutMs })
    switch (target.kind) {
      case 'any':
        return cluster.links.leastLoaded()
      case 'controller':
        return cluster.links.get(cluster.metadata.controllerId) ?? cluster.links.leastLoaded()
      case 'broker':
        return this.#known(target.id)
      case 'coordinator':
        return this.#known(await cluster.coordinators.find(target.type, target.key))
    }
  }

  #known(brokerId: number): BrokerLink {
    const link = this.cluster.links.get(brokerId)
    if (link !== undefined) return link
    const brokers = [...this.cluster.metadata.brokers.keys()].join(', ')
    throw new ClientError('INVALID_ARGUMENT', `the cluster has no broker ${brokerId} now; there are ${brokers}`)
  }

  /** The ids of all brokers that are alive. */
  async brokerIds(): Promise<number[]> {
    await this.cluster.ready({ timeoutMs: this.timeoutMs })
    return [...this.cluster.metadata.brokers.keys()]
  }

  /** The leader of each of these partitions, or why it has none, from one broker's metadata of this moment; no topic is created. */
  async leaders(topics: readonly string[]): Promise<(topic: string, partition: number) => number | KafkaError> {
    const answer = await this.send(anyBroker, metadataRequest, metadataResponse, {
      topics: [...new Set(topics)].map((name) => ({ name })),
      allowAutoTopicCreation: false,
    })
    const byName = new Map(answer.topics.map((topic) => [topic.name, topic]))
    return (name, index) => {
      const topic = byName.get(name)
      if (topic !== undefined && topic.errorCode !== ErrorCode.NONE) return KafkaError.of(topic.errorCode)
      const partition = topic?.partitions.find(({ partitionIndex }) => partitionIndex === index)
      if (partition === undefined) return KafkaError.of(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
      return partition.leaderId < 0 ? KafkaError.of(ErrorCode.LEADER_NOT_AVAILABLE) : partition.leaderId
    }
  }
}

function throwTopLevelError(answer: unknown): void {
  const { errorCode = ErrorCode.NONE, errorMessage } = answer as { errorCode?: number; errorMessage?: string | null }
  throwIfFailed(errorCode, errorMessage)
}
