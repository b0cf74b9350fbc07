import type { Env, Logger } from '@odradek/base'
import { BrokerConnection } from '@odradek/client'
import { leaderAndIsrRequest, leaderAndIsrResponse } from '@odradek/kafka-protocol/messages/04-leader-and-isr'
import { stopReplicaRequest, stopReplicaResponse } from '@odradek/kafka-protocol/messages/05-stop-replica'
import { updateMetadataRequest, updateMetadataResponse } from '@odradek/kafka-protocol/messages/06-update-metadata'
import type { BrokerAnswer, BrokerSend } from '../core/controller/controller-event.ts'

/** The versions of Kafka 3.9; no ApiVersions comes before them. */
const LEADER_AND_ISR_VERSION = 7
const STOP_REPLICA_VERSION = 4
const UPDATE_METADATA_VERSION = 8

const RETRY_DELAY_MS = 100

export interface BrokerChannelOptions {
  readonly brokerId: number
  readonly host: string
  readonly port: number
  readonly clientId: string
  /** `controller.socket.timeout.ms` */
  readonly requestTimeoutMs: number
  readonly onAnswer: (answer: BrokerAnswer) => void
}

/**
 * The controller's line to one broker. Requests go out one at a time in the order in which they were put in; one that got no answer is sent
 * again, for as long as the broker is registered (the channel is open).
 */
export class BrokerChannel {
  readonly #env: Env
  readonly #log: Logger
  readonly #options: BrokerChannelOptions
  readonly #queue: BrokerSend[] = []
  #connection: BrokerConnection | undefined
  #isRunning = false
  #isClosed = false

  constructor(env: Env, options: BrokerChannelOptions) {
    this.#env = env
    this.#log = env.log.child('controller')
    this.#options = options
  }

  send(request: BrokerSend): void {
    this.#queue.push(request)
    if (!this.#isRunning) void this.#run()
  }

  /** Drops what waits. */
  close(): void {
    this.#isClosed = true
    this.#queue.length = 0
    this.#connection?.close()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    let failures = 0
    for (let next = this.#queue[0]; next !== undefined && !this.#isClosed; next = this.#queue[0]) {
      try {
        const answer = await this.#ask(next)
        failures = 0
        if (this.#isClosed) break
        this.#queue.shift()
        this.#options.onAnswer(answer)
      } catch (error) {
        this.#connection?.close()
        this.#connection = undefined
        if (this.#isClosed) break
        const { brokerId, host, port } = this.#options
        if (failures++ === 0) {
          this.#log.warn('A broker does not answer the controller; the request is sent until it does or is gone', {
            broker: brokerId,
            address: `${host}:${port}`,
            request: next.api,
            error,
          })
        }
        await new Promise<void>((resolve) => this.#env.timers.after(RETRY_DELAY_MS, resolve))
      }
    }
    this.#isRunning = false
  }

  async #open(): Promise<BrokerConnection> {
    const { host, port, clientId, requestTimeoutMs } = this.#options
    if (this.#connection?.isOpen === true) return this.#connection
    const connection = await BrokerConnection.connect(this.#env, { host, port, clientId, requestTimeoutMs })
    if (this.#isClosed) connection.close()
    this.#connection = connection
    return connection
  }

  async #ask(send: BrokerSend): Promise<BrokerAnswer> {
    const connection = await this.#open()
    switch (send.api) {
      case 'leader-and-isr': {
        const { api, request } = send
        const version = LEADER_AND_ISR_VERSION
        return {
          api,
          request,
          response: await connection.send(leaderAndIsrRequest, leaderAndIsrResponse, version, request),
        }
      }
      case 'update-metadata': {
        const { api, request } = send
        const version = UPDATE_METADATA_VERSION
        const response = await connection.send(updateMetadataRequest, updateMetadataResponse, version, request)
        return { api, request, response }
      }
      case 'stop-replica': {
        const { api, request } = send
        const version = STOP_REPLICA_VERSION
        return {
          api,
          request,
          response: await connection.send(stopReplicaRequest, stopReplicaResponse, version, request),
        }
      }
    }
  }
}
