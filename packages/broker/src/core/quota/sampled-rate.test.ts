import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SampledRate } from './sampled-rate.ts'

test('what goes over the limit must be waited for', () => {
  const rate = new SampledRate()
  rate.record(1000, 0)
  assert.equal(rate.excessMs(100, 0), 0)
  rate.record(1000, 500)
  // 2000 in ten full samples and a half: as many as take 20 seconds.
  assert.equal(rate.excessMs(100, 500), 9500)
  assert.equal(rate.excessMs(200, 500), 0)
  assert.equal(rate.excessMs(0, 500), 10_500)
})

test('what was long ago does not count', () => {
  const rate = new SampledRate()
  rate.record(5000, 0)
  rate.record(10, 10_999)
  assert.ok(rate.excessMs(100, 10_999) > 0)
  assert.equal(rate.excessMs(100, 11_000), 0)
})

test('a steady rate at the limit is never throttled', () => {
  const rate = new SampledRate()
  for (let nowMs = 0; nowMs < 60_000; nowMs += 100) {
    rate.record(10, nowMs)
    assert.ok(rate.excessMs(101, nowMs) === 0)
  }
})
