import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BufferPool } from './buffer-pool.ts'

test('what comes back is used again, where it is large enough', () => {
  const pool = new BufferPool(1_000_000)
  const [small, large] = [pool.take(5000), pool.take(300_000)]
  assert.ok(small.length >= 5000 && large.length >= 300_000)
  pool.giveBack(large)
  pool.giveBack(small)
  assert.equal(pool.freeBytes, small.length + large.length)
  assert.equal(pool.take(290_000), large)
  assert.notEqual(pool.take(290_000), small)
  assert.equal(pool.take(5000), small)
  assert.equal(pool.freeBytes, 0)
})

test('no more is kept than allowed, and what came back last is kept longest', () => {
  const pool = new BufferPool(20_000)
  const buffers = Array.from({ length: 4 }, () => pool.take(8192))
  for (const buffer of buffers) pool.giveBack(buffer)
  assert.equal(pool.freeBytes, 2 * 8192)
  assert.deepEqual(
    [pool.take(8192), pool.take(8192)].map((buffer) => buffers.indexOf(buffer)),
    [3, 2],
  )
  pool.giveBack(pool.take(100_000))
  assert.equal(pool.freeBytes, 0)
})

test('a small buffer never shares its memory with one that is in use', () => {
  const pool = new BufferPool(1_000_000)
  const first = pool.take(100)
  pool.giveBack(first)
  first.fill(1)
  const second = pool.take(100).fill(2)
  assert.equal(first[0], 1)
  assert.equal(second[0], 2)
})
