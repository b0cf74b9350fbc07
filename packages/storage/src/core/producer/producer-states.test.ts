import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KafkaError } from '@odradek/kafka-protocol'
import { StorageError } from '../../storage-error.ts'
import { decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot.ts'
import { ProducerStates } from './producer-states.ts'
import type { ProducerBatchHeader } from './producer-states.ts'

const sequenceMax = 0x7fff_ffff

function batch(producerEpoch: number, baseSequence: number, count = 1, isTransactional = false): ProducerBatchHeader {
  return {
    producerId: 7,
    producerEpoch,
    baseSequence,
    lastSequence: baseSequence + count - 1 - (baseSequence + count - 1 > sequenceMax ? sequenceMax + 1 : 0),
    lastOffsetDelta: count - 1,
    maxTimestampMs: 1000,
    isTransactional,
  }
}

function stateAfter(...batches: ProducerBatchHeader[]): { states: ProducerStates; nextOffset: number } {
  const states = new ProducerStates()
  let nextOffset = 100
  for (const header of batches) {
    states.checkData(header, 'client')
    states.applyData(header, nextOffset)
    nextOffset += header.lastOffsetDelta + 1
  }
  return { states, nextOffset }
}

function refuses(states: ProducerStates, header: ProducerBatchHeader, code: string): void {
  assert.throws(
    () => states.checkData(header, 'client'),
    (error) => error instanceof KafkaError && error.code === code,
  )
}

test('a batch that comes again is recognised while it is among the last five', () => {
  const { states } = stateAfter(...[0, 3, 6, 9, 12, 15].map((sequence) => batch(0, sequence, 3)))
  assert.equal(states.duplicateOf(batch(0, 0, 3)), undefined)
  assert.deepEqual(states.duplicateOf(batch(0, 3, 3)), {
    lastSequence: 5,
    lastOffset: 105,
    offsetDelta: 2,
    timestampMs: 1000,
  })
  assert.equal(states.duplicateOf(batch(0, 15, 3))?.lastOffset, 117)
  assert.equal(states.duplicateOf(batch(0, 15, 2)), undefined)
  assert.equal(states.duplicateOf(batch(1, 15, 3)), undefined)
  refuses(states, batch(0, 0, 3), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
})

test('sequences must follow on each other within an epoch and begin at 0 in a new one', () => {
  const { states } = stateAfter(batch(1, 0, 10))
  refuses(states, batch(1, 11), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  refuses(states, batch(2, 10), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  refuses(states, batch(0, 10), 'INVALID_PRODUCER_EPOCH')
  states.checkData(batch(1, 10), 'client')
  states.checkData(batch(2, 0), 'client')
  states.checkData(batch(1, 99), 'coordinator')
  states.checkData(batch(0, 99), 'replication')
})

test('a producer of which nothing is known may begin anywhere', () => {
  stateAfter(batch(4, 1234))
})

test('sequences wrap at 2^31', () => {
  const { states } = stateAfter(batch(0, sequenceMax - 1, 4))
  assert.equal(states.get(7)?.lastSequence, 1)
  assert.equal(states.duplicateOf(batch(0, sequenceMax - 1, 4))?.lastOffset, 103)
  states.checkData(batch(0, 2), 'client')
  const { states: exact } = stateAfter(batch(0, sequenceMax))
  exact.checkData(batch(0, 0), 'client')
  refuses(exact, batch(0, 1), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
})

test('an open transaction holds back the last stable offset until its marker is replicated', () => {
  const { states, nextOffset } = stateAfter(batch(0, 0, 5, true), batch(0, 5, 5, true))
  assert.equal(states.transactions.firstUnstableOffset, 100)
  refuses(states, batch(0, 10), 'INVALID_TXN_STATE')
  const marker = { isCommit: false, coordinatorEpoch: 2, timestampMs: 2000 }
  states.checkMarker(batch(0, -1, 1, true), marker, 'coordinator')
  assert.deepEqual(states.applyMarker(batch(0, -1, 1, true), marker, nextOffset), {
    producerId: 7,
    firstOffset: 100,
    lastOffset: 110,
    lastStableOffset: 111,
  })
  assert.equal(states.transactions.firstUnstableOffset, 100)
  states.transactions.onReplicated(110)
  assert.equal(states.transactions.firstUnstableOffset, 100)
  states.transactions.onReplicated(111)
  assert.equal(states.transactions.firstUnstableOffset, undefined)
  assert.throws(
    () => states.checkMarker(batch(0, -1), { ...marker, coordinatorEpoch: 1 }, 'coordinator'),
    (error) => error instanceof KafkaError && error.code === 'TRANSACTION_COORDINATOR_FENCED',
  )
  states.checkData(batch(0, 10), 'client')
})

test('silent producers are forgotten, unless a transaction of theirs is open', () => {
  const { states } = stateAfter(batch(0, 0))
  states.removeExpired(1999, 1000)
  assert.equal(states.size, 1)
  states.removeExpired(2000, 1000)
  assert.equal(states.size, 0)
  const { states: open } = stateAfter(batch(0, 0, 1, true))
  open.removeExpired(1e15, 1000)
  assert.equal(open.size, 1)
})

test('a snapshot has the bytes of Kafka and gives back the producers', () => {
  const { states } = stateAfter(batch(3, 0, 10), batch(3, 10, 5, true))
  const content = encodeProducerSnapshot(states.entries(), states.size)
  assert.equal(
    content.toString('hex'),
    '0001' +
      content.toString('hex', 2, 6) +
      '00000001' +
      '0000000000000007' +
      '0003' +
      '0000000e' +
      '0000000000000072' +
      '00000004' +
      '00000000000003e8' +
      'ffffffff' +
      '000000000000006e',
  )
  const loaded = new ProducerStates()
  loaded.load(decodeProducerSnapshot(content, 'x'), 115, 1500, 1000)
  assert.deepEqual(loaded.get(7)?.batches, [{ lastSequence: 14, lastOffset: 114, offsetDelta: 4, timestampMs: 1000 }])
  assert.equal(loaded.transactions.firstUnstableOffset, 110)
  assert.equal(loaded.mapEndOffset, 115)
  loaded.load(decodeProducerSnapshot(content, 'x'), 115, 1e15, 1000)
  assert.equal(loaded.size, 1)
  for (let byte = 0; byte < content.length; byte++) {
    const damaged = Buffer.from(content)
    damaged.writeUInt8(damaged.readUInt8(byte) ^ 0x10, byte)
    assert.throws(() => decodeProducerSnapshot(damaged, 'x'), StorageError)
    assert.throws(() => decodeProducerSnapshot(content.subarray(0, byte), 'x'), StorageError)
  }
})
