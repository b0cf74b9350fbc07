import type { Env } from '@odradek/base'
import type { logManagerDefaults, LogManagerOptions } from './log-manager-options.ts'
import type { PartitionLog } from './partition-log.ts'
import type { TaskTimers } from './task-timers.ts'

/** What is looked after, and what is done for all logs together. */
export interface MaintainedLogs {
  logs(): Iterable<PartitionLog>
  checkpoint(scope: 'all' | 'highWatermarks'): void
}

/** What is done to all logs from time to time: retention, flushes, checkpoints, expiry of producers, giving back memory. */
export class LogMaintenance {
  readonly #env: Env
  readonly #options: Required<Pick<LogManagerOptions, keyof typeof logManagerDefaults>>
  readonly #maintained: MaintainedLogs

  constructor(
    env: Env,
    options: Required<Pick<LogManagerOptions, keyof typeof logManagerDefaults>>,
    maintained: MaintainedLogs,
  ) {
    this.#env = env
    this.#options = options
    this.#maintained = maintained
  }

  start(tasks: TaskTimers): void {
    const options = this.#options
    const delayMs = options.initialTaskDelayMs
    tasks.every(options.retentionCheckIntervalMs, delayMs, () => this.deleteOldSegments())
    tasks.every(options.checkpointIntervalMs, delayMs, () => {
      this.#forEachLog((log) => log.tidy())
      this.#maintained.checkpoint('all')
    })
    tasks.every(options.highWatermarkCheckpointIntervalMs, 0, () => this.#maintained.checkpoint('highWatermarks'))
    tasks.every(options.flushCheckIntervalMs, delayMs, () => this.#flushDue())
    tasks.every(options.producerIdExpirationCheckIntervalMs, delayMs, () => {
      const nowMs = this.#env.clock.wallMs()
      this.#forEachLog((log) => log.removeExpiredProducers(nowMs))
    })
  }

  /** Applies retention to all logs; returns how many segments went. */
  deleteOldSegments(): number {
    const nowMs = this.#env.clock.wallMs()
    let count = 0
    this.#forEachLog((log) => {
      count += log.deleteOldSegments(nowMs)
    })
    return count
  }

  #flushDue(): void {
    const nowMs = this.#env.clock.wallMs()
    this.#forEachLog((log) => {
      if (log.isFlushDue(nowMs)) log.flush().catch((error: unknown) => this.#failed(log, error))
    })
  }

  /** One log that fails does not keep the others from their turn. */
  #forEachLog(task: (log: PartitionLog) => void): void {
    for (const log of this.#maintained.logs()) {
      if (log.isOffline) continue
      try {
        task(log)
      } catch (error) {
        this.#failed(log, error)
      }
    }
  }

  #failed(log: PartitionLog, error: unknown): void {
    this.#env.log.error('maintenance of a log failed', { log: log.path, error })
  }
}
