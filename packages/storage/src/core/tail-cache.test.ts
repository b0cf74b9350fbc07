import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeInt64 } from './batch-bytes.ts'
import { TailCache, TailCacheBudget } from './tail-cache.ts'

/** A batch as far as its header tells: `count` records from `baseOffset` on. */
function batch(baseOffset: number, count: number, sizeBytes = 100): Buffer {
  const buffer = Buffer.alloc(sizeBytes)
  writeInt64(buffer, baseOffset, 0)
  buffer.writeInt32BE(sizeBytes - 12, 8)
  buffer[16] = 2
  buffer.writeInt32BE(count - 1, 23)
  return buffer
}

function cacheOf(budget: TailCacheBudget, from: number, appends: number): TailCache {
  const cache = new TailCache(budget)
  for (let n = 0; n < appends; n++) cache.push(batch(from + n * 10, 10), from + n * 10, from + n * 10 + 10)
  return cache
}

test('reads return whole batches from the one that holds the offset, large ones in the buffers they came in', () => {
  const cache = cacheOf(new TailCacheBudget(10_000, 10_000), 0, 5)
  const found = cache.read(25, 250, true, 50)
  assert.equal(found?.sizeBytes, 200)
  assert.equal(found?.nextOffset, 40)
  assert.equal(found?.chunks.length, 2)
  assert.equal(cache.read(0, 99, false, 50)?.sizeBytes, 0)
  assert.deepEqual([cache.read(0, 99, true, 50)?.sizeBytes, cache.read(0, 99, true, 50)?.nextOffset], [100, 10])
  assert.equal(cache.read(0, 1000, true, 39)?.nextOffset, 30)
  assert.equal(cache.read(30, 1000, true, 30)?.sizeBytes, 0)
})

test('an append of several batches is cut between them', () => {
  const cache = new TailCache(new TailCacheBudget(10_000, 10_000))
  cache.push(Buffer.concat([batch(0, 10), batch(10, 10), batch(20, 10)]), 0, 30)
  const found = cache.read(12, 150, true, 30)
  assert.deepEqual([found?.sizeBytes, found?.nextOffset], [100, 20])
  assert.equal(found?.chunks[0]?.readInt32BE(4), 10)
  assert.equal(cache.read(5, 1000, true, 20)?.nextOffset, 20)
})

test('the oldest go when a log, or all logs together, have too much', () => {
  const budget = new TailCacheBudget(1000, 600)
  const first = cacheOf(budget, 0, 8)
  assert.equal(first.startOffset, 20)
  assert.equal(first.read(19, 1000, true, 80), undefined)
  const second = cacheOf(budget, 0, 6)
  assert.equal(budget.sizeBytes, 1000)
  assert.equal(first.startOffset, 40)
  assert.equal(second.startOffset, 0)
  first.clear()
  second.clear()
  assert.deepEqual([budget.sizeBytes, budget.count, first.startOffset], [0, 0, Infinity])
})

test('a truncation takes what reaches the offset', () => {
  const cache = cacheOf(new TailCacheBudget(10_000, 10_000), 0, 5)
  cache.truncateTo(35)
  assert.equal(cache.read(0, 10_000, true, 100)?.nextOffset, 30)
  cache.push(batch(30, 1), 30, 31)
  assert.equal(cache.read(0, 10_000, true, 100)?.nextOffset, 31)
})

test('a truncation within an append leaves what comes before, so that what follows leaves no gap', () => {
  for (const sizeBytes of [100, 20_000]) {
    const cache = new TailCache(new TailCacheBudget(1_000_000, 1_000_000))
    const three = [batch(0, 10, sizeBytes), batch(10, 10, sizeBytes), batch(20, 10, sizeBytes)]
    cache.push(Buffer.concat(three), 0, 30)
    const before = cache.read(15, 1_000_000, true, 30)
    cache.truncateTo(25)
    cache.push(batch(20, 1, sizeBytes), 20, 21)
    const found = cache.read(15, 1_000_000, true, 100)
    assert.deepEqual(
      Buffer.concat(found?.chunks ?? []),
      Buffer.concat([batch(10, 10, sizeBytes), batch(20, 1, sizeBytes)]),
    )
    // Who has read what was cut off has it still.
    assert.deepEqual(Buffer.concat(before?.chunks ?? []), Buffer.concat(three.slice(1)))
  }
})

test('small appends share memory, which grows with the log', () => {
  const budget = new TailCacheBudget(1_000_000, 1_000_000)
  assert.equal(cacheOf(budget, 0, 1).sizeBytes, 100)
  const cache = cacheOf(budget, 0, 1000)
  assert.ok(cache.sizeBytes >= 100_000 && cache.sizeBytes < 200_000)
  const found = cache.read(5000, 1_000_000, true, 10_000)
  assert.equal(found?.sizeBytes, 50_000)
  assert.ok(found.chunks.length < 5)
})

test('a small piece of a large buffer does not keep it alive', () => {
  const large = Buffer.alloc(1_000_000)
  batch(0, 10).copy(large)
  const cache = new TailCache(new TailCacheBudget(10_000, 10_000))
  cache.push(large.subarray(0, 100), 0, 10)
  assert.equal(cache.read(0, 1000, true, 10)?.chunks[0]?.buffer.byteLength, 100)
})
