import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientMetrics } from './client-metrics.ts'
import { Meter, Samples } from './meters.ts'

test('a rate is of the last minute, at least over thirty seconds, and a total is for ever', () => {
  const meter = new Meter(0)
  meter.record(300, 1000)
  assert.equal(meter.ratePerSecond(1000), 10)
  meter.record(300, 31_000)
  assert.equal(meter.ratePerSecond(40_000), 15)
  assert.equal(meter.ratePerSecond(65_000), 300 / 35)
  assert.equal(meter.ratePerSecond(200_000), 0)
  assert.equal(meter.total, 600)
})

test('means and maxima forget what is old, and are NaN without values', () => {
  const samples = new Samples(0)
  assert.ok(Number.isNaN(samples.mean(0)) && Number.isNaN(samples.max(0)))
  samples.record(10, 0)
  samples.record(20, 1)
  assert.deepEqual([samples.mean(2), samples.max(2)], [15, 20])
  samples.record(2, 40_000)
  assert.deepEqual([samples.mean(40_000), samples.max(40_000)], [32 / 3, 20])
  assert.deepEqual([samples.mean(61_000), samples.max(61_000)], [2, 2])
  assert.ok(Number.isNaN(samples.max(500_000)))
})

test('metrics have names, tags and values; families are as many as there are', () => {
  const metrics = new ClientMetrics(() => 0, { 'client-id': 'me' })
  metrics.meter({ group: 'producer-topic-metrics', tags: { topic: 't' } }, 'record-send', 'records sent').record(60, 0)
  metrics.family('consumer-fetch-manager-metrics', 'records-lag', 'lag', () => [{ tags: { partition: '0' }, value: 7 }])
  const own = { name: 'orders-open', group: 'application', value: () => 3 }
  metrics.register(own)
  const shown = metrics.read().map(({ name, tags, value }) => [name, tags, value])
  assert.deepEqual(shown, [
    ['record-send-rate', { 'client-id': 'me', topic: 't' }, 2],
    ['record-send-total', { 'client-id': 'me', topic: 't' }, 60],
    ['records-lag', { 'client-id': 'me', partition: '0' }, 7],
    ['orders-open', { 'client-id': 'me' }, 3],
  ])
  metrics.unregister(own)
  assert.equal(metrics.read().length, 3)
})
