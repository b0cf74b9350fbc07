import type { Clock, Logger, LogFields, Timer, Timers } from '@odradek/base'
import { assert } from '@odradek/base'
import { encodeRecordBatch, KafkaError } from '@odradek/kafka-protocol'
import type { CoordinatorCore } from './coordinator-core.ts'
import type { CoordinatorWrite, Effects, ReplyTo, Settled } from './effects.ts'
import type { LogPort } from './log-port.ts'
import type { Now } from './now.ts'
import type { RecordCodec } from './record-codec.ts'
import { replayLog } from './replay-log.ts'

/** What a partition needs besides its core and its log. */
export interface CoordinatorPartitionOptions<Rec> {
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Logger
  /** The topic, for people. */
  readonly topic: string
  readonly codec: RecordCodec<Rec>
  /** How long a write may wait for its replicas before it is answered with REQUEST_TIMED_OUT. */
  readonly commitTimeoutMs: number
  /** How much of the log is read and replayed in one turn while loading. */
  readonly loadSizeBytesMax: number
  /** The core has thrown something that is no answer: it is not to be trusted any more, only the log is. */
  readonly onDefect: () => void
}

const toldLoadMs = 1000

/** A write that is in the log and waits for the high watermark. */
interface PendingWrite<Rec> {
  readonly lastOffset: number
  readonly deadlineMs: number
  readonly settled: Settled<Rec>
}

interface OpenReply {
  readonly resolve: (response: unknown) => void
  readonly reject: (error: KafkaError) => void
}

/**
 * Hosts one core over one partition's log: it hands the core its events, appends what the core writes, replays it, and lets the
 * core go on when it is committed. Everything happens in the turn of the event that causes it, one event at a time, also when an
 * append moves the high watermark from inside.
 */
export class CoordinatorPartition<Rec, Core extends CoordinatorCore<Rec>> {
  readonly partition: number
  readonly leaderEpoch: number
  readonly core: Core
  readonly #log: LogPort
  readonly #options: CoordinatorPartitionOptions<Rec>
  readonly #openReplies = new Map<number, OpenReply>()
  readonly #pendingWrites: PendingWrite<Rec>[] = []
  /** What goes with a write that has just been appended; it comes before all other work. */
  readonly #following: (() => void)[] = []
  /** Work that waits until the running one is through. */
  readonly #queue: (() => void)[] = []
  #isRunning = false
  #state: 'loading' | 'active' | 'closed' = 'loading'
  #nextReplyId = 1
  #committedOffset = -1
  #timer: Timer | undefined = undefined
  #timerAtMs = Infinity
  #stopListening: (() => void) | undefined = undefined
  #wakeLoad: (() => void) | undefined = undefined

  constructor(
    partition: number,
    leaderEpoch: number,
    core: Core,
    log: LogPort,
    options: CoordinatorPartitionOptions<Rec>,
  ) {
    this.partition = partition
    this.leaderEpoch = leaderEpoch
    this.core = core
    this.#log = log
    this.#options = options
  }

  get state(): 'loading' | 'active' | 'closed' {
    return this.#state
  }

  /** Replays the log, a part each turn, and opens for requests. Resolves also when it was closed meanwhile; rejects when the log cannot be read. */
  async load(): Promise<void> {
    const startedMs = this.#options.clock.monotonicMs()
    const isWanted = (): boolean => this.#state === 'loading'
    // So that the core need not remember what later records have replaced.
    this.core.committedUpTo(this.#log.highWatermark)
    const loaded = await replayLog(this.#log, this.core, { ...this.#options, isWanted })
    await this.#committedUpTo(loaded.endOffset)
    if (!isWanted()) return
    this.#state = 'active'
    this.#stopListening = this.#log.onHighWatermark(() => this.#run(() => this.#settleCommitted()))
    this.#run(() => {
      this.#settleCommitted()
      this.#step((effects, now) => this.core.loaded(effects, now))
    })
    const elapsedMs = Math.round(this.#options.clock.monotonicMs() - startedMs)
    const { topic, log } = this.#options
    const fields = { records: loaded.records, leaderEpoch: this.leaderEpoch, elapsedMs }
    // There may be fifty of them: a person wants to hear of those that took time.
    if (elapsedMs >= toldLoadMs) log.info(`loaded ${topic}-${this.partition}`, fields)
    else log.debug(`loaded ${topic}-${this.partition}`, fields)
  }

  /**
   * Resolves when all below `offset` is committed, or when closed. What the leader before answered for may be above the high watermark
   * for a while: until it is committed here too, the core would show what was before.
   */
  async #committedUpTo(offset: number): Promise<void> {
    while (this.#state === 'loading' && this.#log.highWatermark < offset) {
      await new Promise<void>((resolve) => {
        this.#wakeLoad = resolve
        this.#stopListening = this.#log.onHighWatermark(resolve)
      })
      this.#stopListening?.()
    }
  }

  /** Stops everything; whatever is parked ends with `error`. */
  close(error: KafkaError): void {
    this.#state = 'closed'
    this.#stopListening?.()
    this.#wakeLoad?.()
    this.#timer?.cancel()
    this.#pendingWrites.length = 0
    const replies = [...this.#openReplies.values()]
    this.#openReplies.clear()
    for (const reply of replies) reply.reject(error)
  }

  /** Hands the core a request, which it may answer at once or park. */
  request<Response>(
    handle: (core: Core, to: ReplyTo<Response>, effects: Effects<Rec>, now: Now) => void,
  ): Promise<Response> {
    this.#ensureActive()
    return new Promise<Response>((resolve, reject) => {
      const to: ReplyTo<Response> = { id: this.#nextReplyId++ }
      this.#openReplies.set(to.id, { resolve: resolve as (response: unknown) => void, reject })
      this.#run(() => {
        try {
          this.#step((effects, now) => handle(this.core, to, effects, now))
        } catch (error) {
          this.#openReplies.delete(to.id)
          reject(error as Error)
          // A core may refuse a request by throwing, as long as it has done nothing yet.
          if (!(error instanceof KafkaError)) this.#defect(error)
        }
      })
    })
  }

  /** Reads what the core knows now, without writing. */
  read<Result>(look: (core: Core, now: Now) => Result): Result {
    this.#ensureActive()
    return look(this.core, this.#now())
  }

  #ensureActive(): void {
    if (this.#state === 'active') return
    throw new KafkaError(this.#state === 'loading' ? 'COORDINATOR_LOAD_IN_PROGRESS' : 'NOT_COORDINATOR')
  }

  #now(): Now {
    return { wallMs: this.#options.clock.wallMs(), monotonicMs: this.#options.clock.monotonicMs() }
  }

  /** Runs `work` now, or after the work in whose middle this call comes. */
  #run(work: () => void): void {
    this.#queue.push(work)
    if (this.#isRunning) return
    this.#isRunning = true
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        if (this.#state === 'active') this.#runSafely(next)
      }
    } finally {
      this.#isRunning = false
      if (this.#state === 'active') this.#armTimer()
    }
  }

  #runSafely(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#defect(error)
    }
  }

  #defect(error: unknown): void {
    this.#options.log.error(`${this.#options.topic}-${this.partition} has failed; it is loaded from the log again`, {
      error,
    })
    this.#options.onDefect()
  }

  /** One event for the core, and all that it wants done. */
  #step(event: (effects: Effects<Rec>, now: Now) => void): void {
    const writes: CoordinatorWrite<Rec>[] = []
    const effects: Effects<Rec> = {
      reply: (to, response) => this.#takeReply(to)?.resolve(response),
      fail: (to, error) => this.#takeReply(to)?.reject(error),
      write: (write) => writes.push(write),
      note: (message: string, fields?: LogFields) => this.#options.log.info(message, fields),
    }
    const now = this.#now()
    event(effects, now)
    for (const write of writes) this.#write(write, now)
    this.#queue.unshift(...this.#following.splice(0))
  }

  #takeReply(to: ReplyTo<never>): OpenReply | undefined {
    const reply = this.#openReplies.get(to.id)
    assert(reply !== undefined || this.#state === 'closed', `request ${to.id} was answered twice`)
    this.#openReplies.delete(to.id)
    return reply
  }

  #write(write: CoordinatorWrite<Rec>, now: Now): void {
    const { codec } = this.#options
    if (write.records.length === 0) {
      this.#pend(this.#log.logEndOffset - 1, write, now)
      return
    }
    const { transaction } = write
    let appended: { baseOffset: number; lastOffset: number }
    try {
      const records = write.records.map((record) => ({ ...codec.encode(record), timestampMs: now.wallMs }))
      appended = this.#log.append(
        encodeRecordBatch(
          transaction === undefined ? { records } : { records, ...transaction, baseSequence: 0, isTransactional: true },
        ),
      )
    } catch (error) {
      this.#settle(write.settled, error instanceof KafkaError ? error : this.#unwritable(error))
      return
    }
    const { baseOffset, lastOffset } = appended
    for (const [index, record] of write.records.entries()) {
      this.core.replay(record, {
        offset: baseOffset + index,
        batchOffset: baseOffset,
        transactionOf: transaction?.producerId,
      })
    }
    this.#pend(lastOffset, write, now)
    const { appended: follow } = write
    // Before any other request, and in the order of the writes of this step.
    if (follow !== undefined) this.#following.push(() => this.#step(follow))
  }

  /** The write settles when all up to `lastOffset` is committed. */
  #pend(lastOffset: number, { settled = () => undefined }: CoordinatorWrite<Rec>, now: Now): void {
    this.#pendingWrites.push({ lastOffset, deadlineMs: now.monotonicMs + this.#options.commitTimeoutMs, settled })
    this.#queue.push(() => this.#settleCommitted())
  }

  /** Something in the records that their format has no room for, such as a name of more than 32 KiB. */
  #unwritable(cause: unknown): KafkaError {
    this.#options.log.error(`could not write to ${this.#options.topic}-${this.partition}`, { error: cause })
    return new KafkaError('UNKNOWN_SERVER_ERROR', undefined, { cause })
  }

  #settle(settled: Settled<Rec> | undefined, error: KafkaError | undefined): void {
    if (settled !== undefined) this.#queue.push(() => this.#step((effects, now) => settled(error, effects, now)))
  }

  #settleCommitted(): void {
    const { highWatermark } = this.#log
    if (highWatermark > this.#committedOffset) {
      this.#committedOffset = highWatermark
      this.core.committedUpTo(highWatermark)
    }
    for (let first = this.#pendingWrites[0]; first !== undefined; first = this.#pendingWrites[0]) {
      if (first.lastOffset >= highWatermark) break
      this.#pendingWrites.shift()
      this.#settle(first.settled, undefined)
    }
  }

  #settleTimedOut(now: Now): void {
    for (let first = this.#pendingWrites[0]; first !== undefined; first = this.#pendingWrites[0]) {
      if (first.deadlineMs > now.monotonicMs) break
      this.#pendingWrites.shift()
      this.#settle(first.settled, new KafkaError('REQUEST_TIMED_OUT'))
    }
  }

  #armTimer(): void {
    const deadlineMs = Math.min(this.core.nextDeadline() ?? Infinity, this.#pendingWrites[0]?.deadlineMs ?? Infinity)
    if (deadlineMs === this.#timerAtMs) return
    this.#timer?.cancel()
    this.#timer = undefined
    this.#timerAtMs = deadlineMs
    if (deadlineMs === Infinity) return
    this.#timer = this.#options.timers.after(deadlineMs - this.#options.clock.monotonicMs(), () => {
      this.#timerAtMs = Infinity
      this.#run(() => {
        this.#settleTimedOut(this.#now())
        this.#step((effects, now) => this.core.poll(effects, now))
      })
    })
  }
}
