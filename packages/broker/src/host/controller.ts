import type { Env, Logger, Timer } from '@odradek/base'
import type { Input } from '@odradek/kafka-protocol'
import type {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
} from '@odradek/kafka-protocol/messages/67-allocate-producer-ids'
import type { AlterPartitionRequest, AlterPartitionResponse } from '@odradek/kafka-protocol/messages/56-alter-partition'
import type {
  ControlledShutdownRequest,
  ControlledShutdownResponse,
} from '@odradek/kafka-protocol/messages/07-controlled-shutdown'
import { ZooKeeperError } from '@odradek/zookeeper-client'
import type { Watch } from '@odradek/zookeeper-client'
import { ControllerCore } from '../core/controller/controller-core.ts'
import type { ControllerSettings } from '../core/controller/controller-context.ts'
import type {
  AlterReassignmentsReply,
  ControllerCall,
  ControllerEvent,
  ControllerOutput,
  ElectLeadersReply,
  ListReassignmentsReply,
} from '../core/controller/controller-event.ts'
import type { LiveBroker } from '../core/controller/controller-state.ts'
import type { LeaderElectionWish, PartitionName } from '../core/controller/elect-leaders.ts'
import type { ReassignmentRequest } from '../core/controller/reassignment-requests.ts'
import type { ZnodeOperation, ZnodeResult } from '../core/controller/znode-operation.ts'
import { BrokerChannel } from './broker-channel.ts'
import { observeController } from './metrics/observe-controller.ts'
import { runZnodeOperation } from './run-znode-operation.ts'
import type { SessionListener, ZooKeeperSession } from './zookeeper-session.ts'

export interface ControllerOptions {
  readonly settings: ControllerSettings
  readonly session: ZooKeeperSession
  /** `controller.socket.timeout.ms` */
  readonly requestTimeoutMs: number
}

type Reply = Extract<ControllerOutput, { type: 'reply' }>['response']
type WithoutCallId<Call> = Call extends ControllerCall ? Omit<Call, 'callId'> : never

/**
 * What makes a controller of the pure machine: it does the znode operations in the session, keeps a channel to every broker, this one included,
 * and answers the handlers. On every broker; the one that is elected is active.
 */
export class Controller implements SessionListener {
  readonly #env: Env
  readonly #log: Logger
  readonly #options: ControllerOptions
  readonly #core: ControllerCore
  readonly #channels = new Map<number, BrokerChannel>()
  readonly #calls = new Map<number, (response: Reply) => void>()
  readonly #timers = new Set<Timer>()
  /** One function for all watches of a session. */
  #onChange = this.#newWatch()
  #nextCallId = 0
  /** Grows with every lost session: answers of an older one are void. */
  #generation = 0
  #isClosed = false

  constructor(env: Env, options: ControllerOptions) {
    this.#env = env
    this.#log = env.log.child('controller')
    this.#options = options
    const observer = observeController(
      env,
      () => this.isActive,
      () => this.#core.charge,
    )
    this.#core = new ControllerCore({ ...options.settings, observer })
  }

  /** Whether this broker is the controller. */
  get isActive(): boolean {
    return this.#core.isActive
  }

  /** The controller's broker id as far as this broker knows; -1 for none. */
  get controllerId(): number {
    return this.#core.controllerId
  }

  /** This broker has registered in the current session: stands for election. */
  onRegistered(): void {
    this.#handle({ type: 'registered' })
  }

  onSessionLost(): void {
    this.#generation++
    this.#onChange = this.#newWatch()
    this.#handle({ type: 'session-lost' })
  }

  /** The broker registers first, and calls `onRegistered` then. */
  onSessionEstablished(): void {}

  /** Unclean elections have been allowed: partitions without a leader may get one now. */
  onUncleanElectionAllowed(): void {
    this.#handle({ type: 'unclean-election-allowed' })
  }

  /** Stops working without giving the controllership up: closing the session does that. */
  close(): void {
    this.onSessionLost()
    this.#isClosed = true
  }

  alterPartition(request: AlterPartitionRequest, version: number): Promise<Input<AlterPartitionResponse>> {
    return this.#call({ type: 'alter-partition', request, version })
  }

  controlledShutdown(request: ControlledShutdownRequest, version: number): Promise<Input<ControlledShutdownResponse>> {
    return this.#call({ type: 'controlled-shutdown', request, version })
  }

  allocateProducerIds(request: AllocateProducerIdsRequest): Promise<Input<AllocateProducerIdsResponse>> {
    return this.#call({ type: 'allocate-producer-ids', request })
  }

  /** Has leaders elected. The answer has an error and no results when this broker is not the controller. */
  electLeaders(request: LeaderElectionWish): Promise<ElectLeadersReply> {
    return this.#call({ type: 'elect-leaders', request })
  }

  /** Has partitions reassigned. The answer has an error and no results when this broker is not the controller. */
  alterReassignments(request: ReassignmentRequest): Promise<AlterReassignmentsReply> {
    return this.#call({ type: 'alter-reassignments', request })
  }

  /** The reassignments under way, of some partitions or (null) of all. The answer has an error and no results when this broker is not the controller. */
  listReassignments(request: readonly PartitionName[] | null): Promise<ListReassignmentsReply> {
    return this.#call({ type: 'list-reassignments', request })
  }

  #call<Response extends Reply>(call: WithoutCallId<ControllerCall>): Promise<Response> {
    return new Promise((resolve) => {
      const callId = this.#nextCallId++
      this.#calls.set(callId, (response) => resolve(response as Response))
      this.#handle({ ...call, callId })
    })
  }

  #newWatch(): Watch {
    const watch: Watch = ({ path, type }) => {
      if (watch === this.#onChange) this.#handle({ type: 'znode-changed', path, change: type })
    }
    return watch
  }

  #handle(event: ControllerEvent): void {
    if (this.#isClosed) return
    for (const output of this.#core.handle(event, this.#env.clock.wallMs())) this.#do(output)
  }

  #do(output: ControllerOutput): void {
    switch (output.type) {
      case 'zookeeper':
        void this.#ask(output.operations)
        return
      case 'add-broker':
        this.#addBroker(output.broker)
        return
      case 'remove-broker':
        this.#channels.get(output.brokerId)?.close()
        this.#channels.delete(output.brokerId)
        return
      case 'send':
        this.#channels.get(output.brokerId)?.send(output)
        return
      case 'reply':
        this.#calls.get(output.callId)?.(output.response)
        this.#calls.delete(output.callId)
        return
      case 'timer':
        this.#arm(output)
        return
      case 'elected':
        this.#log.info('Elected controller', { epoch: output.epoch })
        return
      case 'resigned':
        this.#resign()
        return
      case 'log':
        this.#log[output.level](output.message)
    }
  }

  /** Sends the operations in one go. A lost connection is waited for; a lost session makes the answer void. */
  async #ask(operations: readonly ZnodeOperation[]): Promise<void> {
    const generation = this.#generation
    const isVoid = (): boolean => generation !== this.#generation || this.#isClosed
    const onChange = this.#onChange
    const ask = async (operation: ZnodeOperation): Promise<ZnodeResult | undefined> => {
      try {
        return await this.#options.session.run((client) => runZnodeOperation(client, operation, onChange))
      } catch (error) {
        if (error instanceof ZooKeeperError) return undefined
        throw error
      }
    }
    const results = await Promise.all(operations.map(ask))
    const answered = results.filter((result) => result !== undefined)
    // Without an answer the session is ending, and `session-lost` is about to come.
    if (!isVoid() && answered.length === results.length) this.#handle({ type: 'zookeeper-results', results: answered })
  }

  #addBroker(broker: LiveBroker): void {
    const { settings, requestTimeoutMs } = this.#options
    const { brokerId } = broker
    this.#channels.get(brokerId)?.close()
    const endpoint = broker.endpoints.find(({ name }) => name === settings.interBrokerListenerName)
    if (endpoint === undefined) {
      this.#log.error('A broker has no endpoint for the inter-broker listener; it gets no word from the controller', {
        broker: brokerId,
        listener: settings.interBrokerListenerName,
      })
      return
    }
    const channel = new BrokerChannel(this.#env, {
      brokerId,
      host: endpoint.host,
      port: endpoint.port,
      clientId: String(settings.brokerId),
      requestTimeoutMs,
      onAnswer: (answer) => {
        if (this.#channels.get(brokerId) === channel) this.#handle({ type: 'broker-answered', brokerId, ...answer })
      },
    })
    this.#channels.set(brokerId, channel)
  }

  #arm({ name, epoch, delayMs }: Extract<ControllerOutput, { type: 'timer' }>): void {
    const timer = this.#env.timers.after(delayMs, () => {
      this.#timers.delete(timer)
      this.#handle({ type: 'timer', name, epoch })
    })
    this.#timers.add(timer)
  }

  #resign(): void {
    for (const channel of this.#channels.values()) channel.close()
    this.#channels.clear()
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }
}
