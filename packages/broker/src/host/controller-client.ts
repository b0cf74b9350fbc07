import type { Env } from '@odradek/base'
import { BrokerConnection, ClientError } from '@odradek/client'
import { errorOf, KafkaError } from '@odradek/kafka-protocol'
import type { Input, Message } from '@odradek/kafka-protocol'
import {
  allocateProducerIdsRequest,
  allocateProducerIdsResponse,
} from '@odradek/kafka-protocol/messages/67-allocate-producer-ids'
import {
  controlledShutdownRequest,
  controlledShutdownResponse,
} from '@odradek/kafka-protocol/messages/07-controlled-shutdown'
import type { ControlledShutdownResponse } from '@odradek/kafka-protocol/messages/07-controlled-shutdown'
import type { MetadataCache } from './metadata-cache.ts'
import type { ProducerIdBlock } from './producer-id-manager.ts'

const CONTROLLED_SHUTDOWN_VERSION = 3
const ALLOCATE_PRODUCER_IDS_VERSION = 0

export interface ControllerClientOptions {
  readonly brokerId: number
  readonly brokerEpoch: () => bigint
  readonly metadataCache: MetadataCache
  readonly interBrokerListenerName: string
  readonly requestTimeoutMs: () => number
}

/** What this broker asks of the controller, over the wire even when it is the controller itself. Rejects with `KafkaError`. */
export class ControllerClient {
  readonly #env: Env
  readonly #options: ControllerClientOptions

  constructor(env: Env, options: ControllerClientOptions) {
    this.#env = env
    this.#options = options
  }

  /** The next thousand producer ids. */
  async allocateProducerIds(): Promise<ProducerIdBlock> {
    const { brokerId, brokerEpoch } = this.#options
    const response = await this.#ask(
      true,
      allocateProducerIdsRequest,
      allocateProducerIdsResponse,
      ALLOCATE_PRODUCER_IDS_VERSION,
      { brokerId, brokerEpoch: brokerEpoch() },
    )
    if (response.errorCode !== 0) throw new KafkaError(errorOf(response.errorCode).name)
    return { start: response.producerIdStart, length: response.producerIdLen }
  }

  /** Asks for this broker's leaderships to be moved. */
  controlledShutdown(): Promise<ControlledShutdownResponse> {
    const { brokerId, brokerEpoch } = this.#options
    return this.#ask(false, controlledShutdownRequest, controlledShutdownResponse, CONTROLLED_SHUTDOWN_VERSION, {
      brokerId,
      brokerEpoch: brokerEpoch(),
    })
  }

  async #ask<Request, Response>(
    negotiates: boolean,
    request: Message<Request>,
    response: Message<Response>,
    version: number,
    value: Input<Request>,
  ): Promise<Response> {
    const { brokerId, metadataCache, interBrokerListenerName, requestTimeoutMs } = this.#options
    const endpoint = metadataCache.endpoint(metadataCache.controllerId, interBrokerListenerName)
    if (endpoint === undefined) throw new KafkaError('BROKER_NOT_AVAILABLE', 'No controller is known yet.')
    try {
      const connection = await BrokerConnection.connect(this.#env, {
        host: endpoint.host,
        port: endpoint.port,
        clientId: String(brokerId),
        requestTimeoutMs: requestTimeoutMs(),
      })
      try {
        if (negotiates) await connection.negotiate()
        return await connection.send(request, response, version, value)
      } finally {
        connection.close()
      }
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      throw new KafkaError('BROKER_NOT_AVAILABLE', `The controller did not answer: ${error.message}`)
    }
  }
}
