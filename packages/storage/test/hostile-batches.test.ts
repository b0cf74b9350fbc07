import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Simulation } from '@odradek/env-sim'
import { KafkaError, RecordBatch } from '@odradek/kafka-protocol'
import { bytesOf, makeBatch, managerOptions, startManager, startMs } from './log-fixture.ts'

test('whatever a client sends, it is refused with an error of Kafka’s, or every consumer can decode it', async () => {
  const simulation = new Simulation({ seed: 1 })
  const { env } = simulation.machine('broker')
  const manager = await simulation.runUntil(startManager(env, managerOptions('/data')))
  const log = manager.getOrCreate('t', 0)
  const codec = fc.constantFrom('none' as const, 'gzip' as const, 'snappy' as const, 'lz4' as const, 'zstd' as const)
  const change = fc.record({ at: fc.nat(), value: fc.nat(255), keepsChecksum: fc.boolean() })
  let accepted = 0
  fc.assert(
    fc.property(
      codec,
      fc.integer({ min: 1, max: 20 }),
      fc.array(change, { maxLength: 4 }),
      (compression, count, changes) => {
        const buffer = makeBatch({ count, compression, valueBytes: 40 })
        for (const { at, value, keepsChecksum } of changes) {
          // Mostly behind the checksum, so that it holds and what is inside is looked at.
          const start = keepsChecksum ? 22 : 0
          buffer.writeUInt8(value, start + (at % (buffer.length - start)))
        }
        const batch = new RecordBatch(buffer, 0)
        if (batch.magic === 2 && batch.sizeInBytes === buffer.length)
          batch.setMaxTimestamp('create', batch.maxTimestampMs)
        const before = log.logEndOffset
        try {
          log.appendAsLeader(buffer, { leaderEpoch: 0, nowMs: startMs })
        } catch (error) {
          assert.ok(error instanceof KafkaError, String(error))
          assert.equal(log.logEndOffset, before)
          return
        }
        accepted++
        const stored = new RecordBatch(bytesOf(log.read(before, 1, { minOneMessage: true })), 0)
        assert.ok(stored.isCrcValid())
        const offsets = [...stored.records()].map(({ offset }) => offset)
        assert.deepEqual(
          offsets,
          Array.from({ length: log.logEndOffset - before }, (_, n) => before + n),
        )
      },
    ),
    { numRuns: 2000 },
  )
  assert.ok(accepted > 100)
  assert.equal(log.isOffline, false)
})
