import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import type { SeededRandom } from '@odradek/env-sim'
import { KafkaError } from '@odradek/kafka-protocol'
import type { LogManager } from '../src/host/log-manager.ts'
import type { PartitionLog } from '../src/host/partition-log.ts'
import { bytesOf, makeBatch, managerOptions, startManager, startMs } from './log-fixture.ts'

interface ModelBatch {
  readonly baseOffset: number
  readonly nextOffset: number
  readonly timestampMs: number
  readonly bytes: Buffer
}

/** What a log must be, said simply: a list of batches. Runs random operations on both and compares. */
class LogAgainstModel {
  readonly #simulation: Simulation
  readonly #random: SeededRandom
  #batches: ModelBatch[] = []
  #startOffset = 0
  #endOffset = 0
  /** Everything before it was synced. */
  #flushedOffset = 0
  #epoch = 0
  #manager!: LogManager

  constructor(seed: number) {
    this.#simulation = new Simulation({ seed })
    this.#random = this.#simulation.random.fork('operations')
  }

  get #machine() {
    return this.#simulation.machine('broker')
  }

  /** Another one after each move. */
  get #log(): PartitionLog {
    const log = this.#manager.get('topic', 0)
    assert.ok(log !== undefined)
    return log
  }

  async run(operations: number): Promise<void> {
    await this.#start()
    for (let n = 0; n < operations; n++) {
      const dice = this.#random.integer(100)
      if (dice < 45) this.#append()
      else if (dice < 48) await this.#crashWithin()
      else if (dice < 70) this.#readAnywhere()
      else if (dice < 75) await this.#move()
      else if (dice < 80) this.#findTimestamp()
      else if (dice < 84) this.#truncate()
      else if (dice < 88) this.#deleteRecords()
      else if (dice < 93) await this.#flush()
      else if (dice < 96) await this.#closeAndStart()
      else if (dice < 98) await this.#kill()
      else await this.#powerOff()
      this.#compareEnds()
    }
    for (const { baseOffset } of this.#batches) if (baseOffset >= this.#startOffset) this.#read(baseOffset, 1)
  }

  async #start(): Promise<void> {
    const tailCacheBytesPerLogMax = this.#random.integer(3) * 2000
    const options = managerOptions(
      '/a',
      { segmentBytes: 3000, indexIntervalBytes: 200, fileDeleteDelayMs: 1000 },
      { tailCacheBytesPerLogMax, openFilesMax: 3, directories: ['/a', '/b', '/c'] },
    )
    this.#manager = await this.#simulation.runUntil(startManager(this.#machine.env, options))
    this.#manager.getOrCreate('topic', 0, { topicId: 'Sd0nVJ4yTrW8DMtbJwMbhg' })
    this.#log.updateHighWatermark(Infinity)
  }

  #append(): void {
    const count = 1 + this.#random.integer(5)
    const timestampMs = startMs + this.#random.integer(100_000)
    const records = makeBatch({ count, valueBytes: this.#random.integer(300), timestampMs })
    if (this.#random.integer(10) === 0) this.#epoch++
    const baseOffset = this.#endOffset
    const nextOffset = baseOffset + count
    // Before the append: it may be on the disk although the machine dies within it.
    this.#batches.push({ baseOffset, nextOffset, timestampMs: timestampMs + count - 1, bytes: records })
    const result = this.#log.appendAsLeader(records, { leaderEpoch: this.#epoch, nowMs: startMs })
    assert.deepEqual([result.baseOffset, result.lastOffset], [baseOffset, nextOffset - 1])
    assert.equal(Number(records.readBigInt64BE(0)), baseOffset)
    this.#endOffset = nextOffset
    this.#log.updateHighWatermark(Infinity)
  }

  #readAnywhere(): void {
    const span = this.#endOffset - this.#startOffset + 3
    const offset = this.#startOffset - 1 + this.#random.integer(span)
    this.#read(offset, this.#random.integer(2000), this.#startOffset + this.#random.integer(span))
  }

  /** Whole batches in order, and as many as the limits allow within one segment. */
  #read(offset: number, maxBytes: number, upperBoundOffset = Infinity): void {
    if (offset < this.#startOffset || offset > this.#endOffset) {
      assert.throws(
        () => this.#log.read(offset, maxBytes, { minOneMessage: true, upperBoundOffset }),
        (error) => error instanceof KafkaError && error.code === 'OFFSET_OUT_OF_RANGE',
      )
      return
    }
    const minOneMessage = this.#random.integer(2) === 0
    const result = this.#log.read(offset, maxBytes, { minOneMessage, upperBoundOffset })
    const readable = this.#batches.filter(({ nextOffset }) => nextOffset > offset && nextOffset <= upperBoundOffset)
    const expected: Buffer[] = []
    let sizeBytes = 0
    for (const { bytes } of readable) {
      if (sizeBytes + bytes.length > maxBytes && !(minOneMessage && sizeBytes === 0)) break
      expected.push(bytes)
      sizeBytes += bytes.length
    }
    const found = bytesOf(result)
    assert.equal(result.sizeBytes, found.length)
    assert.ok(found.equals(Buffer.concat(expected).subarray(0, found.length)))
    if (expected.length > 0) assert.ok(found.length >= (expected[0] as Buffer).length)
    const last = readable.find(
      (_, n) => Buffer.concat(readable.slice(0, n + 1).map(({ bytes }) => bytes)).length === found.length,
    )
    assert.equal(result.nextOffset, last?.nextOffset ?? offset)
  }

  #findTimestamp(): void {
    const timestampMs = startMs + this.#random.integer(110_000)
    // A record's time is the batch's base time plus its number within it.
    let expected: { offset: number; timestampMs: number } | undefined
    let max: { offset: number; timestampMs: number } | undefined
    for (const batch of this.#batches) {
      for (let offset = batch.baseOffset; offset < batch.nextOffset; offset++) {
        const record = { offset, timestampMs: batch.timestampMs - (batch.nextOffset - 1 - offset) }
        if (offset >= this.#startOffset && (max === undefined || record.timestampMs > max.timestampMs)) max = record
        if (expected === undefined && offset >= this.#startOffset && record.timestampMs >= timestampMs)
          expected = record
      }
    }
    const found = this.#log.offsetForTimestamp(timestampMs)
    assert.deepEqual(found && { offset: found.offset, timestampMs: found.timestampMs }, expected)
    // A segment may begin with records before the start of the log, and one of them may be the latest.
    const latest = this.#log.offsetOfMaxTimestamp()
    if (latest === undefined || latest.offset >= this.#startOffset) assert.equal(latest?.timestampMs, max?.timestampMs)
    else assert.ok(latest.timestampMs >= (max?.timestampMs ?? 0))
  }

  #truncate(): void {
    const back = this.#random.integer(8)
    const offset = Math.max(this.#startOffset, this.#endOffset - back)
    const end = this.#batches.findLast(({ nextOffset }) => nextOffset <= offset)?.nextOffset
    this.#log.truncateTo(offset)
    if (end !== undefined) assert.equal(this.#log.logEndOffset, end)
    this.#takeEnds()
  }

  /** The log has lost some of its end, or of its beginning: what is left must be whole batches. */
  #takeEnds(): void {
    const { logStartOffset, logEndOffset, firstSegmentBaseOffset } = this.#log
    this.#batches = this.#batches.filter(
      ({ baseOffset, nextOffset }) => nextOffset <= logEndOffset && baseOffset >= firstSegmentBaseOffset,
    )
    this.#startOffset = logStartOffset
    this.#endOffset = logEndOffset
    this.#flushedOffset = Math.min(this.#flushedOffset, logEndOffset)
    if (this.#batches.length > 0) assert.equal(logEndOffset, this.#batches.at(-1)?.nextOffset)
    else assert.equal(logEndOffset, logStartOffset)
  }

  /** To any directory, the one that it is in too; it may be done when this returns, or far from it. */
  async #move(): Promise<void> {
    this.#manager.move('topic', 0, ['/a', '/b', '/c'][this.#random.integer(3)] as string)
    await this.#simulation.run(this.#random.integer(20))
  }

  #deleteRecords(): void {
    const offset = this.#startOffset + this.#random.integer(this.#endOffset - this.#startOffset + 1)
    if (this.#log.incrementLogStartOffset(offset)) this.#startOffset = offset
    this.#manager.deleteOldSegments()
    this.#manager.checkpoint()
    this.#takeEnds()
  }

  async #flush(): Promise<void> {
    await this.#simulation.runUntil(this.#log.flush())
    this.#flushedOffset = this.#endOffset
  }

  async #closeAndStart(): Promise<void> {
    await this.#simulation.runUntil(this.#manager.close())
    this.#machine.restart()
    await this.#start()
    assert.equal(this.#log.recoveredBytes, 0)
    this.#flushedOffset = this.#endOffset
  }

  /** All that was written is still there. */
  async #kill(): Promise<void> {
    this.#machine.crashProcess()
    this.#machine.restart()
    await this.#start()
  }

  /** A prefix is left, with all that was flushed. */
  async #powerOff(): Promise<void> {
    this.#machine.powerOff()
    await this.#restartAfterLoss()
  }

  async #restartAfterLoss(): Promise<void> {
    this.#machine.restart()
    await this.#start()
    const { logEndOffset } = this.#log
    assert.ok(
      logEndOffset >= this.#flushedOffset,
      `flushed to ${this.#flushedOffset}, but the log ends at ${logEndOffset}`,
    )
    this.#takeEnds()
  }

  /** The machine dies between two disk operations of something that changes the log. */
  async #crashWithin(): Promise<void> {
    const before = this.#batches
    const flushedBefore = this.#flushedOffset
    const dice = this.#random.integer(6)
    // A truncation that was killed before its sync is done for the next process, but may be undone by a power failure after that.
    const kind = dice === 1 || this.#random.integer(2) === 0 ? 'power' : 'process'
    this.#machine.crashAtDiskOperation(this.#random.integer(12), kind)
    try {
      if (dice === 0) this.#append()
      else if (dice === 1) this.#truncate()
      else if (dice === 2) this.#deleteRecords()
      else if (dice === 3) await this.#flush()
      else await this.#move()
    } catch (error) {
      if (this.#machine.isRunning) throw error
    }
    if (this.#machine.isRunning) {
      this.#machine.disk.crash = undefined
      return
    }
    // What was under way may be done, wholly or in part, or not at all.
    if (dice !== 0) this.#batches = before
    this.#flushedOffset = dice === 1 ? 0 : flushedBefore
    await this.#restartAfterLoss()
  }

  #compareEnds(): void {
    assert.equal(this.#log.logEndOffset, this.#endOffset)
    assert.equal(this.#log.logStartOffset, this.#startOffset)
  }
}

for (const seed of [...Array.from({ length: 16 }, (_, n) => n + 1), 500]) {
  test(`a log is what its model says, through moves, restarts, kills and power failures (seed ${seed})`, async () => {
    await new LogAgainstModel(seed).run(250)
  })
}
