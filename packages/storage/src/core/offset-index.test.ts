import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { OffsetIndex } from './offset-index.ts'
import { TimeIndex } from './time-index.ts'

/** Offsets and positions that grow, positions by less than the modulus. */
const entriesArbitrary = fc
  .array(fc.record({ offsetStep: fc.integer({ min: 1, max: 50 }), positionStep: fc.integer({ min: 1, max: 999 }) }), {
    maxLength: 60,
  })
  .map((steps) => {
    let offset = 1000
    let position = 0
    return steps.map(({ offsetStep, positionStep }) => {
      offset += offsetStep
      position += positionStep
      return { offset, position }
    })
  })

function indexOf(entries: readonly { offset: number; position: number }[], modulus?: number): OffsetIndex {
  const index = new OffsetIndex(1000, modulus)
  for (const { offset, position } of entries) index.append(offset, position)
  return index
}

test('a look-up finds the last entry at or below the offset, also past where stored positions wrap, also from a file', () => {
  fc.assert(
    fc.property(entriesArbitrary, fc.integer({ min: 990, max: 4200 }), (entries, offset) => {
      const expected = entries.findLast((entry) => entry.offset <= offset)?.position ?? 0
      const index = indexOf(entries, 1000)
      assert.equal(index.lookup(offset), expected)
      const loaded = new OffsetIndex(1000, 1000)
      assert.ok(loaded.load(Buffer.from(index.bytesFrom(0))))
      assert.equal(loaded.lookup(offset), expected)
    }),
  )
})

test('positions beyond 2^32 are found again', () => {
  const positions = [4_000_000_000, 5_000_000_000, 9_000_000_000, 13_000_000_000, 17_000_000_000]
  const index = indexOf(positions.map((position, n) => ({ offset: 1001 + n, position })))
  const loaded = new OffsetIndex(1000)
  assert.ok(loaded.load(Buffer.from(index.bytesFrom(0))))
  for (const [n, position] of positions.entries()) {
    assert.equal(index.lookup(1001 + n), position)
    assert.equal(loaded.lookup(1001 + n), position)
  }
  loaded.truncateTo(1003)
  loaded.append(1003, 8_900_000_000)
  loaded.append(1004, 13_100_000_000)
  assert.deepEqual(
    [1002, 1003, 1004].map((offset) => loaded.lookup(offset)),
    [5_000_000_000, 8_900_000_000, 13_100_000_000],
  )
})

test('below 4 GiB the bytes are those of Kafka: relative offset and position, big endian', () => {
  const index = indexOf([
    { offset: 1042, position: 4242 },
    { offset: 1043, position: 0xf000_0000 },
  ])
  assert.equal(index.bytesFrom(0).toString('hex'), '0000002a00001092' + '0000002bf0000000')
  assert.equal(index.bytesFrom(1).toString('hex'), '0000002bf0000000')
})

test('zeros of a preallocated file are dropped, other disorder is found', () => {
  const bytes = Buffer.from(indexOf([{ offset: 1042, position: 4242 }]).bytesFrom(0))
  const index = new OffsetIndex(1000)
  assert.ok(index.load(Buffer.concat([bytes, Buffer.alloc(8 * 100)])))
  assert.equal(index.count, 1)
  assert.ok(index.load(Buffer.alloc(80)))
  assert.equal(index.count, 0)
  assert.equal(index.load(Buffer.concat([bytes, bytes])), false)
  assert.equal(index.load(bytes.subarray(0, 7)), false)
  assert.equal(index.lookup(2000), 0)
})

test('the time index keeps growing timestamps, and finds the last at or below one', () => {
  const index = new TimeIndex(1000)
  index.maybeAppend(1_700_000_000_000, 1010)
  index.maybeAppend(1_700_000_000_000, 1020)
  index.maybeAppend(1_600_000_000_000, 1030)
  index.maybeAppend(1_700_000_000_001, 1040)
  assert.equal(index.count, 2)
  assert.deepEqual(index.lookup(1_700_000_000_000), { timestampMs: 1_700_000_000_000, offset: 1010 })
  assert.deepEqual(index.lookup(1), { timestampMs: -1, offset: 1000 })
  assert.equal(index.bytesFrom(0).toString('hex'), '0000018bcfe568000000000a' + '0000018bcfe5680100000028')
  const loaded = new TimeIndex(1000)
  assert.ok(loaded.load(Buffer.concat([index.bytesFrom(0), Buffer.alloc(24)])))
  assert.deepEqual(loaded.last, { timestampMs: 1_700_000_000_001, offset: 1040 })
  loaded.truncateTo(1040)
  assert.deepEqual(loaded.last, { timestampMs: 1_700_000_000_000, offset: 1010 })
})
