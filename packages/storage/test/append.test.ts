import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import { encodeRecordBatch, KafkaError, RecordBatch } from '@odradek/kafka-protocol'
import { RecordValidationError } from '../src/append/record-validation-error.ts'
import type { PartitionLog } from '../src/host/partition-log.ts'
import type { LogConfig } from '../src/log-config.ts'
import { bytesOf, makeBatch, managerOptions, startManager, startMs } from './log-fixture.ts'

const options = { leaderEpoch: 5, nowMs: startMs }

async function newLog(config: Partial<LogConfig> = {}): Promise<PartitionLog> {
  const simulation = new Simulation({ seed: 1 })
  const manager = await simulation.runUntil(
    startManager(simulation.machine('broker').env, managerOptions('/data', config)),
  )
  return manager.getOrCreate('topic', 0)
}

function refuses(log: PartitionLog, records: Buffer, code: string): void {
  const before = log.logEndOffset
  assert.throws(
    () => log.appendAsLeader(records, options),
    (error) => {
      assert.ok(error instanceof KafkaError, String(error))
      assert.equal(error.code, code, error.message)
      return true
    },
  )
  assert.equal(log.logEndOffset, before)
}

function firstBatch(log: PartitionLog, offset: number): RecordBatch {
  return new RecordBatch(bytesOf(log.read(offset, 1, { minOneMessage: true })), 0)
}

test('offsets and leader epoch are set in place, and the checksum still holds', async () => {
  const log = await newLog()
  log.appendAsLeader(makeBatch({ count: 3 }), options)
  const records = makeBatch({ count: 4, timestampMs: startMs })
  const result = log.appendAsLeader(records, options)
  assert.deepEqual(result, {
    baseOffset: 3,
    lastOffset: 6,
    logAppendTimeMs: -1,
    logStartOffset: 0,
    duplicate: false,
    sizeBytes: records.length,
    recordCount: 4,
    maxTimestampMs: startMs + 3,
    shallowOffsetOfMaxTimestamp: 6,
    mustSyncBeforeAck: false,
  })
  const batch = new RecordBatch(records, 0)
  assert.deepEqual(
    [batch.baseOffset, batch.lastOffset, batch.partitionLeaderEpoch, batch.isCrcValid()],
    [3, 6, 5, true],
  )
  assert.deepEqual(log.latestOffset(), { offset: 7, timestampMs: -1, leaderEpoch: 5 })
})

test('what is damaged, too large or not as it should be is refused, and nothing changes', async () => {
  const log = await newLog({ maxMessageBytes: 500 })
  refuses(log, makeBatch({ valueBytes: 1000 }), 'MESSAGE_TOO_LARGE')
  refuses(log, Buffer.concat([makeBatch(), makeBatch()]), 'INVALID_RECORD')
  refuses(log, makeBatch().subarray(0, 60), 'INVALID_RECORD')
  refuses(log, Buffer.alloc(0), 'INVALID_RECORD')
  const damaged = makeBatch()
  damaged.writeUInt8(damaged.readUInt8(70) ^ 1, 70)
  refuses(log, damaged, 'CORRUPT_MESSAGE')
  const shifted = makeBatch()
  shifted.writeBigInt64BE(5n, 0)
  refuses(log, shifted, 'INVALID_RECORD')
  refuses(
    log,
    encodeRecordBatch({ records: [{ key: null, value: null, timestampMs: 1 }], isControl: true }),
    'INVALID_RECORD',
  )
  refuses(log, makeBatch({ producerId: 1, producerEpoch: 0, baseSequence: -1 }), 'INVALID_RECORD')
})

/** A batch whose header or records were changed by `change`, with a checksum that holds. */
function tampered(change: (buffer: Buffer) => void, compression: 'none' | 'gzip' = 'none'): Buffer {
  const buffer = makeBatch({ count: 3, compression })
  change(buffer)
  const batch = new RecordBatch(buffer, 0)
  batch.setMaxTimestamp('create', startMs + 2)
  assert.ok(batch.isCrcValid())
  return buffer
}

test('a count, a length or an offset inside that does not fit is found behind a valid checksum', async () => {
  const log = await newLog()
  for (const compression of ['none', 'gzip'] as const) {
    refuses(
      log,
      tampered((buffer) => buffer.writeInt32BE(4, 57), compression),
      'INVALID_RECORD',
    )
    refuses(
      log,
      tampered((buffer) => (buffer.writeInt32BE(4, 57), buffer.writeInt32BE(3, 23)), compression),
      'INVALID_RECORD',
    )
    refuses(
      log,
      tampered((buffer) => (buffer.writeInt32BE(2, 57), buffer.writeInt32BE(1, 23)), compression),
      'INVALID_RECORD',
    )
  }
  for (let at = 61; at < 61 + 20; at++) {
    const buffer = tampered((bytes) => bytes.writeUInt8(bytes.readUInt8(at) ^ 0x40, at))
    try {
      log.appendAsLeader(buffer, options)
    } catch (error) {
      assert.ok(error instanceof RecordValidationError, String(error))
    }
  }
})

test('a compacted topic takes no record without a key, and says which records are at fault', async () => {
  const log = await newLog({ cleanupCompact: true })
  log.appendAsLeader(makeBatch({ key: 'k' }), options)
  for (const compression of ['none', 'lz4'] as const) {
    const records = makeBatch({ key: null, count: 2, compression })
    refuses(log, records, 'INVALID_RECORD')
    assert.throws(
      () => log.appendAsLeader(records, options),
      (error) =>
        error instanceof RecordValidationError &&
        error.recordErrors.map(({ batchIndex }) => batchIndex).join() === '0,1',
    )
  }
})

test('timestamps out of the topic’s bounds are refused', async () => {
  const log = await newLog({ timestampBeforeMaxMs: 1000, timestampAfterMaxMs: 500 })
  refuses(log, makeBatch({ timestampMs: startMs - 1001 }), 'INVALID_TIMESTAMP')
  refuses(log, makeBatch({ timestampMs: startMs + 501 }), 'INVALID_TIMESTAMP')
  log.appendAsLeader(makeBatch({ timestampMs: startMs - 1000 }), options)
  log.appendAsLeader(makeBatch({ timestampMs: startMs + 500 }), options)
})

test('with append time the broker’s clock is stamped on the batch', async () => {
  const log = await newLog({ timestampType: 'LogAppendTime', timestampBeforeMaxMs: 1 })
  const result = log.appendAsLeader(makeBatch({ count: 2, timestampMs: 17 }), options)
  assert.equal(result.logAppendTimeMs, startMs)
  const batch = firstBatch(log, 0)
  assert.deepEqual([batch.timestampType, batch.maxTimestampMs, batch.isCrcValid()], ['append', startMs, true])
  assert.deepEqual(log.offsetForTimestamp(startMs), { offset: 0, timestampMs: startMs, leaderEpoch: 5 })
})

for (const target of ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
  test(`a topic with compression.type ${target} gets all batches in that form`, async () => {
    const log = await newLog({ compressionType: target })
    let offset = 0
    for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
      const records = makeBatch({
        count: 5,
        valueBytes: 200,
        compression,
        producerId: 9,
        producerEpoch: 1,
        baseSequence: offset,
      })
      const expected = [...new RecordBatch(Buffer.from(records), 0).records()].map(({ key, value, timestampMs }) => ({
        key,
        value,
        timestampMs,
      }))
      log.appendAsLeader(records, options)
      const batch = firstBatch(log, offset)
      assert.equal(batch.compression, target === 'uncompressed' ? 'none' : target)
      assert.ok(batch.isCrcValid())
      assert.deepEqual(
        [batch.baseOffset, batch.producerId, batch.producerEpoch, batch.baseSequence],
        [offset, 9, 1, offset],
      )
      const found = [...batch.records()]
      assert.deepEqual(
        found.map(({ key, value, timestampMs }) => ({ key, value, timestampMs })),
        expected,
      )
      assert.deepEqual(
        found.map((record) => Number(record.offset)),
        [0, 1, 2, 3, 4].map((n) => offset + n),
      )
      offset += 5
    }
  })
}

test('a batch that an idempotent producer sends again gets the offsets of the first time', async () => {
  const log = await newLog()
  const producer = { count: 3, producerId: 42, producerEpoch: 0 }
  log.appendAsLeader(makeBatch({ ...producer, baseSequence: 0 }), options)
  log.appendAsLeader(makeBatch({ ...producer, baseSequence: 3 }), options)
  const again = log.appendAsLeader(makeBatch({ ...producer, baseSequence: 0 }), options)
  assert.deepEqual([again.duplicate, again.baseOffset, again.lastOffset], [true, 0, 2])
  assert.equal(log.logEndOffset, 6)
  refuses(log, makeBatch({ ...producer, baseSequence: 9 }), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  log.appendAsLeader(makeBatch({ ...producer, producerEpoch: 1, baseSequence: 0 }), options)
  refuses(log, makeBatch({ ...producer, baseSequence: 6 }), 'INVALID_PRODUCER_EPOCH')
})

test('a follower takes what its leader has, in order and nothing else', async () => {
  const leader = await newLog()
  for (let n = 0; n < 4; n++) leader.appendAsLeader(makeBatch({ count: 2 }), { leaderEpoch: n, nowMs: startMs })
  const follower = await newLog()
  const records = bytesOf(leader.read(0, 10_000, { minOneMessage: true }))
  const result = follower.appendAsFollower(Buffer.from(records.subarray(0, records.length - 5)), startMs)
  assert.deepEqual([result.baseOffset, result.lastOffset], [0, 5])
  assert.equal(follower.latestEpoch, 2)
  assert.throws(() => follower.appendAsFollower(Buffer.from(records), startMs), KafkaError)
  follower.appendAsFollower(bytesOf(leader.read(6, 10_000, { minOneMessage: true })), startMs)
  assert.ok(bytesOf(follower.read(0, 10_000, { minOneMessage: true })).equals(records))
  assert.deepEqual(follower.endOffsetForEpoch(1), { epoch: 1, endOffset: 4 })
})

test('segments roll by size, by the time of their records, and when an index is full', async () => {
  const bySize = await newLog({ segmentBytes: 300 })
  for (let n = 0; n < 6; n++) bySize.appendAsLeader(makeBatch({ valueBytes: 100 }), options)
  assert.equal(bySize.segmentCount, 6)
  refuses(bySize, makeBatch({ valueBytes: 400 }), 'RECORD_LIST_TOO_LARGE')
  const byTime = await newLog({ segmentMs: 1000 })
  for (const ms of [0, 1000, 1001, 1500, 2002]) byTime.appendAsLeader(makeBatch({ timestampMs: startMs + ms }), options)
  assert.equal(byTime.segmentCount, 3)
  const byIndex = await newLog({ segmentIndexBytes: 24, indexIntervalBytes: 0 })
  for (let n = 0; n < 6; n++) byIndex.appendAsLeader(makeBatch(), options)
  assert.equal(byIndex.segmentCount, 3)
})

test('an append that reaches flush.messages asks for a sync, which many can share', async () => {
  const simulation = new Simulation({ seed: 3 })
  const { env } = simulation.machine('broker')
  const manager = await simulation.runUntil(startManager(env, managerOptions('/data', { flushMessages: 2 })))
  const log = manager.getOrCreate('topic', 0)
  assert.equal(log.appendAsLeader(makeBatch(), options).mustSyncBeforeAck, false)
  assert.equal(log.appendAsLeader(makeBatch(), options).mustSyncBeforeAck, true)
  const first = log.flush()
  assert.equal(log.appendAsLeader(makeBatch(), options).mustSyncBeforeAck, true)
  const second = log.flush()
  await simulation.runUntil(first)
  assert.equal(log.recoveryPoint, 3)
  await simulation.runUntil(second, 0)
})

test('a full disk takes the log offline, and tells', async () => {
  const simulation = new Simulation({ seed: 4 })
  const machine = simulation.machine('broker')
  const failed: string[] = []
  const manager = await simulation.runUntil(
    startManager(
      machine.env,
      managerOptions('/data', {}, { onDirectoryFailure: (directory) => failed.push(directory) }),
    ),
  )
  const log = manager.getOrCreate('topic', 0)
  log.appendAsLeader(makeBatch(), options)
  machine.disk.capacityBytes = 0
  refuses(log, makeBatch({ valueBytes: 10_000 }), 'KAFKA_STORAGE_ERROR')
  refuses(log, makeBatch(), 'KAFKA_STORAGE_ERROR')
  assert.deepEqual(failed, ['/data'])
  assert.deepEqual([manager.liveDirectories, manager.offlineDirectories], [[], ['/data']])
  assert.throws(() => manager.getOrCreate('other', 0), KafkaError)
})
