import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TokenBucket } from './token-bucket.ts'

test('tokens run out and come back, and never are more than there is room for', () => {
  const bucket = new TokenBucket({ capacity: 3, fillIntervalMs: 10, fillCount: 2 })
  const taken = (nowMs: number): number => {
    let count = 0
    while (count < 10 && bucket.take(nowMs)) count++
    return count
  }
  assert.equal(taken(5), 3)
  assert.equal(taken(9), 0)
  assert.equal(taken(10), 2)
  assert.equal(taken(19), 0)
  assert.equal(taken(1000), 3)
  const unlimited = new TokenBucket({ capacity: 0, fillIntervalMs: 1, fillCount: 1 })
  assert.equal(unlimited.take(0), true)
})
