import { controllerEpochPath } from '../../znodes/controller-epoch.ts'
import type { ControllerOutput } from './controller-event.ts'
import type { ControllerObserver } from './controller-observer.ts'
import { ControllerState } from './controller-state.ts'
import { RequestBatch } from './request-batch.ts'
import type { Steps, ZnodeOperation, ZnodeResult, ZnodeWrite } from './znode-operation.ts'
import { askAll } from './znode-operation.ts'

/** What the controller must know of its broker's configuration. */
export interface ControllerSettings {
  readonly brokerId: number
  readonly interBrokerListenerName: string
  readonly isAutoLeaderRebalanceEnabled: boolean
  readonly leaderImbalanceCheckIntervalMs: number
  readonly leaderImbalancePerBrokerPercentage: number
  readonly isDeleteTopicEnabled: boolean
  readonly isUncleanLeaderElectionEnabled: () => boolean
  readonly observer?: ControllerObserver
  /** Ids for topics that have none (made before Kafka 2.8). */
  readonly newTopicId: () => string
}

/** Another broker is the controller: the epoch znode has moved on. */
export class ControllerMoved extends Error {
  constructor() {
    super('another broker has become the controller')
    this.name = 'ControllerMoved'
  }
}

/** What the procedures of one elected controller share. A new one is made for each election. */
export class ControllerContext {
  readonly settings: ControllerSettings
  readonly epoch: number
  /** The version of /controller_epoch that guards every write. */
  readonly epochZkVersion: number
  readonly state = new ControllerState()
  readonly batch: RequestBatch
  /** Wall time of the event that is being handled. */
  nowMs = 0
  readonly #outputs: ControllerOutput[]

  constructor(settings: ControllerSettings, epoch: number, epochZkVersion: number, outputs: ControllerOutput[]) {
    this.settings = settings
    this.epoch = epoch
    this.epochZkVersion = epochZkVersion
    this.#outputs = outputs
    this.batch = new RequestBatch(this)
  }

  put(output: ControllerOutput): void {
    this.#outputs.push(output)
  }

  log(level: 'info' | 'warn' | 'error', message: string): void {
    this.put({ type: 'log', level, message })
  }

  /** Writes, each only if this broker is still the controller. Throws `ControllerMoved` when it is not. */
  *write(writes: readonly ZnodeWrite[]): Steps<readonly ZnodeResult[]> {
    const check = { op: 'check', path: controllerEpochPath, version: this.epochZkVersion } as const
    const operations: ZnodeOperation[] = writes.map((write) => ({ op: 'multi', operations: [check, write] }))
    const results = yield* askAll(operations)
    if (results.some((result) => result.error !== undefined && result.failedIndex === 0)) throw new ControllerMoved()
    return results
  }
}
