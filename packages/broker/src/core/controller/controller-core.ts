import { ErrorCode } from '@odradek/kafka-protocol'
import { brokerIdsPath } from '../../znodes/broker-id.ts'
import { controllerPath } from '../../znodes/controller.ts'
import { deleteTopicsPath } from '../../znodes/delete-topic.ts'
import { isrChangeNotificationPath } from '../../znodes/isr-change-notification.ts'
import { logDirEventNotificationPath } from '../../znodes/log-dir-event.ts'
import { preferredReplicaElectionPath } from '../../znodes/preferred-replica-election.ts'
import { reassignPartitionsPath } from '../../znodes/reassign-partitions.ts'
import { topicsPath } from '../../znodes/topic.ts'
import { ZnodeError } from '../../znodes/znode-error.ts'
import { alterPartitions } from './alter-partition.ts'
import { onBrokerIdsChanged, onBrokerModified } from './broker-changes.ts'
import { shutDownBroker } from './controlled-shutdown.ts'
import type { ControllerSettings } from './controller-context.ts'
import { activityOf } from './activity-of.ts'
import type { ControllerCharge } from './controller-charge.ts'
import { chargeOf, noCharge } from './controller-charge.ts'
import { ControllerContext, ControllerMoved } from './controller-context.ts'
import { readController, standForElection } from './controller-election.ts'
import type { ControllerCall, ControllerEvent, ControllerOutput } from './controller-event.ts'
import { takeOver } from './controller-failover.ts'
import { electLeadersOnRequest } from './elect-leaders.ts'
import { onPreferredReplicaElection, rebalanceLeaders } from './leader-rebalance.ts'
import { bringPartitionsOnline } from './leadership-change.ts'
import { onIsrChanged, onLeaderAndIsrAnswered, onLogDirFailed } from './notifications.ts'
import { allocateProducerIds } from './producer-id-blocks.ts'
import { listReassignments, onReassignPartitionsChanged, reassignOnRequest } from './reassignment-requests.ts'
import { completeReassignments } from './reassignment.ts'
import { onTopicChanged, onTopicsChanged } from './topic-changes.ts'
import { onDeleteTopicsChanged, onStopReplicaAnswered } from './topic-deletion.ts'
import type { Steps, ZnodeResult } from './znode-operation.ts'
import { ZnodeOperationFailed } from './znode-operation.ts'

type Procedure = Steps<void>
type Queued = Exclude<ControllerEvent, { type: 'session-lost' | 'zookeeper-results' }>

function isCall(event: Queued): event is ControllerCall {
  return (
    event.type === 'alter-partition' ||
    event.type === 'controlled-shutdown' ||
    event.type === 'allocate-producer-ids' ||
    event.type === 'elect-leaders' ||
    event.type === 'alter-reassignments' ||
    event.type === 'list-reassignments'
  )
}

/**
 * The controller: a machine that takes events one at a time. Each event runs a procedure to its end before the next begins; a procedure
 * that needs ZooKeeper stops at a `zookeeper` output and goes on with `zookeeper-results`. The host (`host/controller.ts`) does what the
 * outputs say. Nothing is known that ZooKeeper does not hold: a new controller starts from what it reads.
 */
export class ControllerCore {
  readonly #settings: ControllerSettings
  readonly #queue: Queued[] = []
  #outputs: ControllerOutput[] = []
  #running:
    | { readonly procedure: Procedure; readonly event: Queued; readonly ended: (() => void) | undefined }
    | undefined
  /** While this broker is the controller. */
  #context: ControllerContext | undefined
  #controllerId = -1
  #isRegistered = false
  #nowMs = 0

  constructor(settings: ControllerSettings) {
    this.#settings = settings
  }

  /** The broker that is the controller as far as this one knows; -1 for none. */
  get controllerId(): number {
    return this.#controllerId
  }

  get isActive(): boolean {
    return this.#context !== undefined
  }

  /** The epoch of this controller, or undefined when this broker is not it. */
  get epoch(): number | undefined {
    return this.#context?.epoch
  }

  /** What this controller has charge of; nothing when this broker is not it. */
  get charge(): ControllerCharge {
    return this.#context === undefined ? noCharge : chargeOf(this.#context.state)
  }

  /** Takes an event; `nowMs` is wall time. Returns what the host must do. */
  handle(event: ControllerEvent, nowMs: number): readonly ControllerOutput[] {
    this.#nowMs = nowMs
    if (event.type === 'session-lost') this.#onSessionLost()
    else if (event.type === 'zookeeper-results') this.#resume(event.results)
    else this.#queue.push(event)
    this.#runQueue()
    const outputs = this.#outputs.splice(0)
    return outputs
  }

  #runQueue(): void {
    while (this.#running === undefined) {
      const event = this.#queue.shift()
      if (event === undefined) return
      const activity = activityOf(event)
      const ended = activity === undefined ? undefined : this.#settings.observer?.begins(activity)
      this.#running = { procedure: this.#procedureFor(event), event, ended }
      this.#resume([])
    }
  }

  /** Runs the procedure under way to its next question, or to its end. */
  #resume(results: readonly ZnodeResult[]): void {
    const running = this.#running
    if (running === undefined) return
    if (this.#context !== undefined) this.#context.nowMs = this.#nowMs
    try {
      const step = running.procedure.next(results)
      if (step.done === true) {
        this.#running = undefined
        running.ended?.()
      } else this.#outputs.push({ type: 'zookeeper', operations: step.value })
    } catch (error) {
      this.#running = undefined
      this.#onFailure(running.event, error)
    }
  }

  /** A procedure could not end: whoever waits for it is told, and the controller makes sure of where it stands. */
  #onFailure(event: Queued, error: unknown): void {
    if (isCall(event)) this.#reply(event, { errorCode: ErrorCode.NOT_CONTROLLER })
    if (error instanceof ControllerMoved) {
      this.#resign()
      this.#queue.unshift({ type: 'registered' })
    } else if (error instanceof ZnodeOperationFailed || error instanceof ZnodeError) {
      this.#log('error', `The controller could not handle ${event.type}: ${error.message}`)
    } else {
      throw error
    }
  }

  #log(level: 'info' | 'warn' | 'error', message: string): void {
    this.#outputs.push({ type: 'log', level, message })
  }

  #reply(call: ControllerCall, response: Extract<ControllerOutput, { type: 'reply' }>['response']): void {
    this.#outputs.push({ type: 'reply', callId: call.callId, response })
  }

  /** All that was under way belongs to a session that is no more. */
  #onSessionLost(): void {
    const running = this.#running
    this.#running = undefined
    for (const event of running === undefined ? this.#queue.splice(0) : [running.event, ...this.#queue.splice(0)]) {
      if (isCall(event)) this.#reply(event, { errorCode: ErrorCode.NOT_CONTROLLER })
    }
    this.#isRegistered = false
    this.#controllerId = -1
    this.#resign()
  }

  #resign(): void {
    if (this.#context === undefined) return
    this.#log('info', `This broker is no longer the controller (epoch ${this.#context.epoch}).`)
    this.#context = undefined
    this.#outputs.push({ type: 'resigned' })
  }

  #procedureFor(event: Queued): Procedure {
    switch (event.type) {
      case 'registered':
        this.#isRegistered = true
        return this.#elect()
      case 'znode-changed':
        return event.path === controllerPath ? this.#onControllerChanged() : this.#onZnodeChanged(event)
      case 'unclean-election-allowed':
        return this.#whenActive(bringPartitionsOnline)
      case 'timer':
        return this.#whenActive((context) => (event.epoch === context.epoch ? rebalanceLeaders(context) : nothing()))
      case 'broker-answered':
        return this.#onBrokerAnswered(event)
      default:
        return this.#onCall(event)
    }
  }

  #whenActive(procedure: (context: ControllerContext) => Procedure): Procedure {
    return this.#context === undefined ? nothing() : procedure(this.#context)
  }

  *#elect(): Procedure {
    if (this.#context !== undefined || !this.#isRegistered) return
    const outcome = yield* standForElection(this.#settings.brokerId, this.#nowMs)
    if (!outcome.isElected) {
      this.#controllerId = outcome.controllerId
      return
    }
    const { epoch, epochZkVersion } = outcome
    const context = new ControllerContext(this.#settings, epoch, epochZkVersion, this.#outputs)
    this.#context = context
    this.#controllerId = this.#settings.brokerId
    this.#outputs.push({ type: 'elected', epoch })
    yield* takeOver(context)
  }

  *#onControllerChanged(): Procedure {
    const controllerId = yield* readController()
    this.#controllerId = controllerId
    if (controllerId !== this.#settings.brokerId) this.#resign()
    if (controllerId === -1) yield* this.#elect()
  }

  #onZnodeChanged({ path, change }: Extract<Queued, { type: 'znode-changed' }>): Procedure {
    return this.#whenActive((context) => {
      if (path === brokerIdsPath) return onBrokerIdsChanged(context)
      if (path === topicsPath) return onTopicsChanged(context)
      if (path === deleteTopicsPath) return onDeleteTopicsChanged(context)
      if (path === isrChangeNotificationPath) return onIsrChanged(context)
      if (path === logDirEventNotificationPath) return onLogDirFailed(context)
      if (path === reassignPartitionsPath) return onReassignPartitionsChanged(context)
      // What follows is about one znode: that it went is seen by the list above it.
      if (change === 'deleted') return nothing()
      if (path === preferredReplicaElectionPath) return onPreferredReplicaElection(context)
      if (path.startsWith(`${topicsPath}/`)) return onTopicChanged(context, path.slice(topicsPath.length + 1))
      if (path.startsWith(`${brokerIdsPath}/`)) {
        return onBrokerModified(context, Number(path.slice(brokerIdsPath.length + 1)))
      }
      return nothing()
    })
  }

  #onBrokerAnswered(event: Extract<Queued, { type: 'broker-answered' }>): Procedure {
    return this.#whenActive((context) => {
      // An answer to what was meant for an earlier life of the broker says nothing about this one.
      if (context.state.liveBrokers.get(event.brokerId)?.epoch !== event.request.brokerEpoch) return nothing()
      switch (event.api) {
        case 'leader-and-isr':
          return onLeaderAndIsrAnswered(context, event.brokerId, event)
        case 'stop-replica':
          return onStopReplicaAnswered(context, event.brokerId, event)
        case 'update-metadata':
          if (event.response.errorCode !== 0) {
            this.#log(
              'error',
              `Broker ${event.brokerId} answered UpdateMetadata with error ${event.response.errorCode}.`,
            )
          }
          return nothing()
      }
    })
  }

  *#onCall(call: ControllerCall): Procedure {
    const context = this.#context
    if (context === undefined) {
      this.#reply(call, { errorCode: ErrorCode.NOT_CONTROLLER })
      return
    }
    switch (call.type) {
      case 'alter-partition': {
        const { response, altered } = yield* alterPartitions(context, call.request, call.version)
        this.#reply(call, response)
        return yield* completeReassignments(context, altered)
      }
      case 'controlled-shutdown':
        return this.#reply(call, yield* shutDownBroker(context, call.request, call.version))
      case 'allocate-producer-ids':
        return this.#reply(call, yield* allocateProducerIds(context, call.request))
      case 'elect-leaders': {
        const results = yield* electLeadersOnRequest(context, call.request)
        return this.#reply(call, { errorCode: ErrorCode.NONE, results })
      }
      case 'alter-reassignments': {
        const results = yield* reassignOnRequest(context, call.request)
        return this.#reply(call, { errorCode: ErrorCode.NONE, results })
      }
      case 'list-reassignments':
        return this.#reply(call, { errorCode: ErrorCode.NONE, results: listReassignments(context, call.request) })
    }
  }
}

function* nothing(): Procedure {}
