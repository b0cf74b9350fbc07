import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Histogram } from './histogram.ts'

test('a quantile is at most an eighth off, from microseconds to terabytes', () => {
  for (let value = 0.002; value < 1e13; value *= 1.37) {
    const histogram = new Histogram()
    for (let count = 0; count < 99; count++) histogram.record(value)
    histogram.record(value * 2)
    const median = histogram.quantile(0.5)
    assert.ok(median >= value && median <= value * 1.126, `${median} for ${value}`)
    assert.equal(histogram.quantile(1), value * 2)
  }
})

test('nothing, zero and less than a thousandth are the lowest bucket', () => {
  const histogram = new Histogram()
  assert.equal(histogram.quantile(0.99), 0)
  for (const value of [0, 0.0001]) histogram.record(value)
  assert.ok(histogram.quantile(0.99) <= 0.0012)
  assert.equal(histogram.count, 2)
  assert.equal(histogram.min, 0)
})
