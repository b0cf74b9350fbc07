import { assert } from '@odradek/base'
import { KafkaError } from '@odradek/kafka-protocol'
import type { RecordBatch } from '@odradek/kafka-protocol'
import type { AppendAsLeaderOptions, AppendResult } from '../append/append-types.ts'
import { LeaderAppend } from '../append/leader-append.ts'
import { parseFollowerAppend } from '../append/follower-append.ts'
import type { ProducerBatch } from '../core/producer/producer-entry.ts'
import type { LogConfig } from '../log-config.ts'
import type { LogState } from './log-state.ts'
import { checkProducers, replayProducer } from './producer-replay.ts'
import { Segment } from './segment.ts'

const leaderAppend = new LeaderAppend()

/** What adds to a log: checks batches, gives them offsets, writes them, and begins new segments. */
export class LogAppender {
  readonly #state: LogState
  #rollJitterMs: number
  /** Counts only for a planted fault. */
  #appendCount = 0

  constructor(state: LogState) {
    this.#state = state
    this.#rollJitterMs = this.#newJitter()
  }

  /** As `PartitionLog.appendAsLeader`. */
  appendAsLeader(records: Buffer, options: AppendAsLeaderOptions): AppendResult {
    const { leaderEpoch, nowMs, origin = 'client' } = options
    const { config, producers, health } = this.#state
    return health.guard(() => {
      const batches = leaderAppend.parse(records, config, origin)
      const duplicate = checkProducers(producers, batches, origin)
      if (duplicate !== undefined) return this.#duplicateResult(duplicate, batches[0] as RecordBatch)
      const prepared = batches.map((batch) => leaderAppend.prepare(batch, config, origin, nowMs, batches.length === 1))
      let offset = this.#nextOffset()
      for (const batch of prepared) {
        batch.setBaseOffset(offset)
        batch.setPartitionLeaderEpoch(leaderEpoch)
        offset = batch.nextOffset
      }
      return this.#append(prepared, nowMs, config.timestampType === 'LogAppendTime' ? nowMs : -1)
    })
  }

  #nextOffset(): number {
    const { context, logEndOffset } = this.#state
    const isFaulty = context.faults.reuseOffset === true && ++this.#appendCount % 50 === 0
    return isFaulty ? logEndOffset - 1 : logEndOffset
  }

  /** As `PartitionLog.appendAsFollower`. */
  appendAsFollower(records: Buffer, nowMs: number): AppendResult {
    const { health, producers, logEndOffset } = this.#state
    return health.guard(() => {
      const batches = parseFollowerAppend(records, logEndOffset)
      checkProducers(producers, batches, 'replication')
      return this.#append(batches, nowMs, -1)
    })
  }

  #duplicateResult({ lastOffset, offsetDelta, timestampMs }: ProducerBatch, batch: RecordBatch): AppendResult {
    const { logStartOffset, flusher, config } = this.#state
    return {
      baseOffset: lastOffset - offsetDelta,
      lastOffset,
      logAppendTimeMs: timestampMs,
      logStartOffset,
      duplicate: true,
      sizeBytes: 0,
      recordCount: batch.recordCount,
      maxTimestampMs: timestampMs,
      shallowOffsetOfMaxTimestamp: -1,
      mustSyncBeforeAck: lastOffset >= flusher.recoveryPoint && config.flushMessages === 1,
    }
  }

  /** Writes batches that are checked and have their offsets, and notes them everywhere. */
  #append(batches: readonly RecordBatch[], nowMs: number, logAppendTimeMs: number): AppendResult {
    const state = this.#state
    assert(!state.isReplaced, `${state.folder.path} has been replaced by a copy`)
    const { config, context, segments, epochs, producers, flusher } = state
    const first = batches[0] as RecordBatch
    const last = batches.at(-1) as RecordBatch
    const buffer = first.buffer.subarray(first.position, last.position + last.sizeInBytes)
    const baseOffset = first.baseOffset
    const { lastOffset } = last
    const { timestampMs: maxTimestampMs, offset: offsetOfMaxTimestamp } = largestTimestamp(batches)
    ensureFitsSegment(buffer.length, config)
    for (const batch of batches) {
      if (batch.magic >= 2 && batch.partitionLeaderEpoch >= 0)
        epochs.assign(batch.partitionLeaderEpoch, batch.baseOffset)
    }
    this.#rollIfNeeded({ sizeBytes: buffer.length, lastOffset, maxTimestampMs, baseOffset }, nowMs)
    const segment = segments.active
    segment.append({ buffer, lastOffset, maxTimestampMs, offsetOfMaxTimestamp }, config.indexIntervalBytes)
    state.logEndOffset = lastOffset + 1
    state.tail.push(buffer, baseOffset, lastOffset + 1)
    for (const batch of batches) replayProducer(producers, batch, segment, true)
    return {
      baseOffset,
      lastOffset,
      logAppendTimeMs,
      logStartOffset: state.logStartOffset,
      duplicate: false,
      sizeBytes: buffer.length,
      recordCount: lastOffset - baseOffset + 1,
      maxTimestampMs,
      shallowOffsetOfMaxTimestamp: offsetOfMaxTimestamp,
      mustSyncBeforeAck:
        state.logEndOffset - flusher.recoveryPoint >= config.flushMessages && context.faults.answerBeforeSync !== true,
    }
  }

  #rollIfNeeded(
    append: { sizeBytes: number; lastOffset: number; maxTimestampMs: number; baseOffset: number },
    nowMs: number,
  ): void {
    const { segments, config } = this.#state
    if (segments.active.shouldRoll(append, config, this.#rollJitterMs, nowMs)) this.roll(append.baseOffset)
  }

  /** Begins a new segment at the end of the log, or at `baseOffset` beyond it. */
  roll(baseOffset = this.#state.logEndOffset): void {
    const { segments, producers, snapshots, flusher } = this.#state
    const { active } = segments
    if (active.baseOffset === baseOffset && active.sizeBytes === 0) return
    active.seal()
    producers.mapEndOffset = Math.max(producers.mapEndOffset, baseOffset)
    snapshots.take(producers)
    this.addSegment(baseOffset)
    this.#rollJitterMs = this.#newJitter()
    flusher.flushInBackground()
  }

  addSegment(baseOffset: number): void {
    const { context, folder, config, segments, flusher } = this.#state
    const { files, env, positionModulus } = context
    const segment = new Segment(files, folder, baseOffset, 0, env.clock.wallMs(), positionModulus)
    segment.create(config.preallocate ? config.segmentBytes : 0)
    segments.add(segment)
    flusher.onDirectoryChanged()
  }

  onConfigChanged(): void {
    this.#rollJitterMs = this.#newJitter()
  }

  #newJitter(): number {
    const { config, random } = this.#state
    const max = Math.min(config.segmentJitterMs, config.segmentMs)
    return max <= 0 ? 0 : Math.floor(random.float() * max)
  }
}

function ensureFitsSegment(sizeBytes: number, { segmentBytes }: LogConfig): void {
  if (sizeBytes <= segmentBytes) return
  throw new KafkaError('RECORD_LIST_TOO_LARGE', `${sizeBytes} bytes do not fit a segment of ${segmentBytes}`)
}

/** With the last offset of the batch that has it. */
function largestTimestamp(batches: readonly RecordBatch[]): { timestampMs: number; offset: number } {
  let timestampMs = -1
  let offset = -1
  for (const batch of batches) {
    if (batch.maxTimestampMs <= timestampMs) continue
    timestampMs = batch.maxTimestampMs
    offset = batch.lastOffset
  }
  return { timestampMs, offset }
}
