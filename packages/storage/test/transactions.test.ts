import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import { endTransactionMarker, KafkaError } from '@odradek/kafka-protocol'
import type { PartitionLog } from '../src/host/partition-log.ts'
import { makeBatch, managerOptions, startManager, startMs } from './log-fixture.ts'

const append = { leaderEpoch: 0, nowMs: startMs }

function produce(log: PartitionLog, producerId: number, baseSequence: number): void {
  log.appendAsLeader(makeBatch({ count: 5, producerId, producerEpoch: 0, baseSequence, isTransactional: true }), append)
}

function end(log: PartitionLog, producerId: number, outcome: 'commit' | 'abort', coordinatorEpoch = 1): void {
  const marker = endTransactionMarker({ outcome, producerId, producerEpoch: 0, coordinatorEpoch, timestampMs: startMs })
  log.appendAsLeader(marker, { ...append, origin: 'coordinator' })
}

test('open transactions hold back the last stable offset, and aborted ones are listed, also after a restart and a kill', async () => {
  const simulation = new Simulation({ seed: 5 })
  const machine = simulation.machine('broker')
  const options = managerOptions('/data', { segmentBytes: 400 })
  const manager = await simulation.runUntil(startManager(machine.env, options))
  const log = manager.getOrCreate('t', 0)
  produce(log, 1, 0)
  produce(log, 2, 0)
  produce(log, 1, 5)
  end(log, 1, 'abort')
  produce(log, 3, 0)
  end(log, 2, 'commit')
  log.updateHighWatermark(log.logEndOffset)
  assert.ok(log.segmentCount > 1)

  const expectState = (opened: PartitionLog): void => {
    assert.equal(opened.logEndOffset, 22)
    assert.equal(opened.lastStableOffset(), 16)
    assert.equal(opened.firstUnstableOffset, 16)
    assert.deepEqual(opened.abortedTransactions(0, 22), [
      { producerId: 1, firstOffset: 0, lastOffset: 15, lastStableOffset: 5 },
    ])
    assert.deepEqual(opened.abortedTransactions(16, 22), [])
    assert.deepEqual(opened.abortedTransactions(0, 0), [])
  }
  expectState(log)
  await simulation.runUntil(manager.close())

  const afterRestart = await simulation.runUntil(startManager(machine.restart(), options))
  const again = afterRestart.get('t', 0)
  assert.ok(again !== undefined)
  again.updateHighWatermark(22)
  expectState(again)
  assert.throws(
    () => end(again, 2, 'abort', 0),
    (error) => error instanceof KafkaError && error.code === 'TRANSACTION_COORDINATOR_FENCED',
  )

  machine.crashProcess()
  const afterKill = await simulation.runUntil(startManager(machine.restart(), options))
  const recovered = afterKill.get('t', 0)
  assert.ok(recovered !== undefined)
  recovered.updateHighWatermark(22)
  expectState(recovered)
  end(recovered, 3, 'abort')
  assert.equal(recovered.lastStableOffset(23), 16)
  recovered.updateHighWatermark(23)
  assert.equal(recovered.lastStableOffset(), 23)
  assert.deepEqual(recovered.abortedTransactions(16, 23), [
    { producerId: 3, firstOffset: 16, lastOffset: 22, lastStableOffset: 23 },
  ])

  recovered.truncateTo(22)
  assert.equal(recovered.lastStableOffset(), 16)
  assert.deepEqual(recovered.abortedTransactions(16, 23), [])
})
