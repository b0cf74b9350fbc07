import type { Clock, Logger, Timer, Timers } from '@odradek/base'
import { KafkaError } from '@odradek/kafka-protocol'
import type { CoordinatorCore } from './coordinator-core.ts'
import { CoordinatorPartition } from './coordinator-partition.ts'
import type { Effects, ReplyTo } from './effects.ts'
import type { LogPort } from './log-port.ts'
import type { Now } from './now.ts'
import type { RecordCodec } from './record-codec.ts'

export interface CoordinatorRuntimeOptions<Rec, Core extends CoordinatorCore<Rec>> {
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Logger
  /** The coordinator's topic, for people. */
  readonly topic: string
  readonly codec: RecordCodec<Rec>
  /** How long a write may wait for its replicas before it is answered with REQUEST_TIMED_OUT. */
  readonly commitTimeoutMs: number
  /** How much of a log is read and replayed in one turn while loading. */
  readonly loadSizeBytesMax: number
  /** A fresh core with nothing in it, for one partition. */
  makeCore(partition: number): Core
  /** The log of a partition that this broker leads. Throws `KafkaError` when it does not (any more). */
  openLog(partition: number): LogPort
}

/** How long a partition that has failed is left alone before it is loaded again. */
const reloadDelayMs = 1000

/** What a write decides: the records, and the answer that is sent when they are committed. */
export interface WriteResult<Rec, Response> {
  readonly records: readonly Rec[]
  readonly response: Response
  readonly transaction?: { readonly producerId: number; readonly producerEpoch: number }
}

/**
 * All partitions of a coordinator's topic that this broker leads: each is a core over a log. The host calls `load` and `unload` as
 * leadership comes and goes; handlers call `request`, `write` and `read`, which throw or reject with COORDINATOR_NOT_AVAILABLE
 * (not started, or shut down), COORDINATOR_LOAD_IN_PROGRESS or NOT_COORDINATOR.
 */
export class CoordinatorRuntime<Rec, Core extends CoordinatorCore<Rec>> {
  readonly #options: CoordinatorRuntimeOptions<Rec, Core>
  readonly #partitions = new Map<number, CoordinatorPartition<Rec, Core>>()
  /** Partitions that have failed here and are still led here. */
  readonly #reloading = new Map<number, Timer>()
  #isClosed = false

  constructor(options: CoordinatorRuntimeOptions<Rec, Core>) {
    this.#options = options
  }

  /** This broker leads `partition` in `leaderEpoch`: replays its log and opens it for requests. Resolves when that is done or overtaken. */
  async load(partition: number, leaderEpoch: number): Promise<void> {
    if (this.#isClosed) return
    // Elected again without having followed in between: what is in memory is what the log says.
    if (this.#partitions.has(partition)) return
    let loading: CoordinatorPartition<Rec, Core> | undefined
    try {
      const core = this.#options.makeCore(partition)
      const log = this.#options.openLog(partition)
      const onDefect = (): void => this.#reload(partition, leaderEpoch)
      loading = new CoordinatorPartition<Rec, Core>(partition, leaderEpoch, core, log, { ...this.#options, onDefect })
      this.#partitions.set(partition, loading)
      await loading.load()
    } catch (error) {
      const message = `could not load ${this.#options.topic}-${partition}; its requests are answered with NOT_COORDINATOR`
      this.#options.log.error(message, { leaderEpoch, error })
      if (loading !== undefined && loading.state !== 'closed') this.#drop(loading)
    }
  }

  /** This broker does not lead `partition` any more. The caller passes on leadership in the order in which it changes. */
  unload(partition: number): void {
    this.#reloading.get(partition)?.cancel()
    this.#reloading.delete(partition)
    const current = this.#partitions.get(partition)
    if (current !== undefined) this.#drop(current)
  }

  /** Ends everything; later requests are answered with COORDINATOR_NOT_AVAILABLE. */
  close(): void {
    this.#isClosed = true
    for (const timer of this.#reloading.values()) timer.cancel()
    this.#reloading.clear()
    for (const partition of this.#partitions.values()) partition.close(new KafkaError('COORDINATOR_NOT_AVAILABLE'))
    this.#partitions.clear()
  }

  /** Hands a request to the partition's core, which answers it now or later, once. */
  async request<Response>(
    partition: number,
    handle: (core: Core, to: ReplyTo<Response>, effects: Effects<Rec>, now: Now) => void,
  ): Promise<Response> {
    return this.#active(partition).request(handle)
  }

  /** The simple case: decide, write, answer when committed. Without records the answer comes at once. */
  async write<Response>(
    partition: number,
    decide: (core: Core, now: Now) => WriteResult<Rec, Response>,
  ): Promise<Response> {
    return this.#active(partition).request<Response>((core, to, effects, now) => {
      const { records, response, transaction } = decide(core, now)
      if (records.length === 0) {
        effects.reply(to, response)
        return
      }
      effects.write({
        records,
        ...(transaction === undefined ? {} : { transaction }),
        settled: (error, after) => {
          if (error === undefined) after.reply(to, response)
          else after.fail(to, error)
        },
      })
    })
  }

  /** Looks into the partition's core without writing. */
  read<Result>(partition: number, look: (core: Core, now: Now) => Result): Result {
    return this.#active(partition).read(look)
  }

  /** Throws what `request` would reject with, and nothing when the partition takes requests. */
  ensureActive(partition: number): void {
    this.#active(partition).read(() => undefined)
  }

  /** The cores that take requests, in the order in which they were loaded. */
  activePartitions(): CoordinatorPartition<Rec, Core>[] {
    return [...this.#partitions.values()].filter((partition) => partition.state === 'active')
  }

  get isLoading(): boolean {
    return [...this.#partitions.values()].some((partition) => partition.state === 'loading')
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  #active(partition: number): CoordinatorPartition<Rec, Core> {
    if (this.#isClosed) throw new KafkaError('COORDINATOR_NOT_AVAILABLE')
    const current = this.#partitions.get(partition)
    if (current === undefined) throw new KafkaError('NOT_COORDINATOR')
    return current
  }

  #reload(partition: number, leaderEpoch: number): void {
    this.unload(partition)
    const timer = this.#options.timers.after(reloadDelayMs, () => {
      this.#reloading.delete(partition)
      void this.load(partition, leaderEpoch)
    })
    this.#reloading.set(partition, timer)
  }

  #drop(partition: CoordinatorPartition<Rec, Core>): void {
    if (this.#partitions.get(partition.partition) === partition) this.#partitions.delete(partition.partition)
    partition.close(new KafkaError('NOT_COORDINATOR'))
    this.#options.log.debug(`unloaded ${this.#options.topic}-${partition.partition}`, {
      leaderEpoch: partition.leaderEpoch,
    })
  }
}
