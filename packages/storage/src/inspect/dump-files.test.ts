import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import { encodeRecordBatch } from '@odradek/kafka-protocol'
import { dumpSegment } from './dump-log-file.ts'
import { dumpSmallFile } from './dump-small-file.ts'
import { encodeProducerSnapshot } from '../core/producer/producer-snapshot.ts'
import { ProducerEntry } from '../core/producer/producer-entry.ts'

const { env } = new Simulation({ seed: 1 }).machine('broker')
const { disk } = env
disk.makeDirectorySync('/t-0')
const write = (name: string, content: Buffer): string => {
  disk.writeFileAtomicSync(`/t-0/${name}`, content)
  return `/t-0/${name}`
}
const batch = (baseOffset: number): Buffer =>
  encodeRecordBatch({ baseOffset, records: [{ value: Buffer.alloc(50), timestampMs: 7 }, { value: null }] })

function dumped(path: string) {
  const walk = dumpSegment(disk, path)
  const batches: (readonly [number, number, string | undefined])[] = []
  for (;;) {
    const next = walk.next()
    if (next.done === true) return { batches, end: next.value }
    const { position, fault } = next.value
    batches.push([position, next.value.batch.baseOffset, fault])
  }
}

test('batches with their places; what is damaged is named, and the walk goes on behind it', () => {
  const damaged = batch(2)
  damaged[70] = (damaged[70] ?? 0) ^ 1
  const sizeBytes = damaged.length
  const path = write('00000000000000000000.log', Buffer.concat([batch(0), damaged, batch(1), Buffer.alloc(5)]))
  const { batches, end } = dumped(path)
  assert.deepEqual(batches, [
    [0, 0, undefined],
    [sizeBytes, 2, 'its CRC does not fit'],
    [2 * sizeBytes, 1, 'it goes back to offset 1'],
  ])
  assert.deepEqual(end, {
    position: 3 * sizeBytes,
    sizeBytes: 3 * sizeBytes + 5,
    fault: 'the last 5 bytes are no whole batch',
  })
  assert.equal(dumped(write('00000000000000000009.log', Buffer.alloc(0))).end.fault, undefined)
})

test('indexes: entries without the room behind them, and the position of what is wrong', () => {
  const index = Buffer.alloc(24)
  index.writeInt32BE(5, 0)
  index.writeUInt32BE(4096, 4)
  const path = write('00000000000000000100.index', index)
  assert.deepEqual([...(dumpSmallFile(disk, path) ?? [])], [{ offset: 105, position: 4096 }])
  index.writeInt32BE(3, 8)
  index.writeUInt32BE(1, 12)
  write('00000000000000000100.index', index)
  assert.throws(() => [...(dumpSmallFile(disk, path) ?? [])], {
    code: 'CORRUPT_FILE',
    message: /100\.index: at byte 8: offset 103 goes back/,
  })
  const times = Buffer.alloc(13)
  times.writeBigInt64BE(1_700_000_000_000n, 0)
  times.writeInt32BE(9, 8)
  const timePath = write('00000000000000000100.timeindex', times)
  const entries = dumpSmallFile(disk, timePath)?.[Symbol.iterator]()
  assert.deepEqual(entries?.next().value, { timestampMs: 1_700_000_000_000, offset: 109 })
  assert.throws(() => entries?.next(), /at byte 12: the file ends in the middle/)
})

test('snapshots and checkpoints', () => {
  const producer = new ProducerEntry(7)
  producer.addBatch(2, { lastSequence: 9, lastOffset: 30, offsetDelta: 1, timestampMs: 5 })
  const snapshot = write('00000000000000000031.snapshot', encodeProducerSnapshot([producer], 1))
  assert.deepEqual(
    [...(dumpSmallFile(disk, snapshot) ?? [])],
    [
      {
        producerId: 7,
        producerEpoch: 2,
        lastSequence: 9,
        lastOffset: 30,
        offsetDelta: 1,
        lastTimestampMs: 5,
        coordinatorEpoch: -1,
        transactionFirstOffset: null,
      },
    ],
  )
  const epochs = write('leader-epoch-checkpoint', Buffer.from('0\n1\n3 40\n'))
  assert.deepEqual([...(dumpSmallFile(disk, epochs) ?? [])], [{ epoch: 3, startOffset: 40 }])
  assert.equal(dumpSmallFile(disk, write('notes.txt', Buffer.alloc(0))), undefined)
})
