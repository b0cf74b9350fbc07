import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LeaderEpochCache } from './leader-epoch-cache.ts'

function cacheOf(...entries: [epoch: number, startOffset: number][]): LeaderEpochCache {
  const cache = new LeaderEpochCache()
  cache.load(entries.map(([epoch, startOffset]) => ({ epoch, startOffset })))
  return cache
}

function pairs(cache: LeaderEpochCache): number[][] {
  return cache.entries.map(({ epoch, startOffset }) => [epoch, startOffset])
}

test('where an epoch ended', () => {
  const cache = cacheOf([1, 0], [3, 10], [5, 20])
  assert.deepEqual(cache.endOffsetFor(5, 25), { epoch: 5, endOffset: 25 })
  assert.deepEqual(cache.endOffsetFor(4, 25), { epoch: 3, endOffset: 20 })
  assert.deepEqual(cache.endOffsetFor(1, 25), { epoch: 1, endOffset: 10 })
  assert.deepEqual(cache.endOffsetFor(0, 25), { epoch: 0, endOffset: 0 })
  assert.equal(cache.endOffsetFor(6, 25), undefined)
  assert.equal(cache.endOffsetFor(-1, 25), undefined)
  assert.equal(cacheOf().endOffsetFor(0, 25), undefined)
})

test('an epoch that contradicts later ones replaces them; the same one again changes nothing', () => {
  const cache = cacheOf([1, 0], [3, 10], [5, 20])
  const { version } = cache
  cache.assign(5, 22)
  assert.equal(cache.version, version)
  cache.assign(4, 15)
  assert.deepEqual(pairs(cache), [
    [1, 0],
    [3, 10],
    [4, 15],
  ])
  cache.assign(7, 10)
  assert.deepEqual(pairs(cache), [
    [1, 0],
    [7, 10],
  ])
  assert.ok(cache.version > version)
})

test('truncation at both ends', () => {
  const cache = cacheOf([1, 0], [3, 10], [5, 20])
  cache.truncateFromEnd(20)
  assert.deepEqual(pairs(cache), [
    [1, 0],
    [3, 10],
  ])
  cache.truncateFromStart(12)
  assert.deepEqual(pairs(cache), [[3, 12]])
  assert.equal(cache.epochForOffset(11), undefined)
  assert.equal(cache.epochForOffset(12), 3)
})
