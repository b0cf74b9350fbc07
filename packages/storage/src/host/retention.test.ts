import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultLogConfig } from '../log-config.ts'
import { deletableSegments } from './retention.ts'

const segments = [0, 100, 200, 300].map((baseOffset, n) => ({
  baseOffset,
  sizeBytes: 1000,
  largestTimestampMs: (n + 1) * 1000,
}))
const facts = { nowMs: 4000, logStartOffset: 0, logEndOffset: 400, highWatermark: 400 }
const config = { ...defaultLogConfig, retentionMs: -1, retentionBytes: -1 }

function deletable(changes: Partial<typeof config>, changedFacts: Partial<typeof facts> = {}): number[] {
  return deletableSegments(segments, { ...config, ...changes }, { ...facts, ...changedFacts }).map(
    ({ baseOffset }) => baseOffset,
  )
}

test('by time: those whose newest record is older than the limit', () => {
  assert.deepEqual(deletable({ retentionMs: 1999 }), [0, 100])
  assert.deepEqual(deletable({ retentionMs: 2000 }), [0])
  assert.deepEqual(deletable({ retentionMs: 0 }, { nowMs: 9000 }), [0, 100, 200, 300])
})

test('by size: as long as what remains is enough', () => {
  assert.deepEqual(deletable({ retentionBytes: 2500 }), [0])
  assert.deepEqual(deletable({ retentionBytes: 2000 }), [0, 100])
  assert.deepEqual(deletable({ retentionBytes: 4000 }), [])
})

test('by start offset, also when the policy is to compact', () => {
  assert.deepEqual(deletable({ cleanupDelete: false, retentionMs: 0 }, { logStartOffset: 250, nowMs: 9000 }), [0, 100])
})

test('nothing beyond the high watermark, and no empty active segment', () => {
  assert.deepEqual(deletable({ retentionMs: 0 }, { nowMs: 9000, highWatermark: 250 }), [0, 100])
  const withEmpty = [...segments, { baseOffset: 400, sizeBytes: 0, largestTimestampMs: 0 }]
  assert.equal(deletableSegments(withEmpty, { ...config, retentionMs: 0 }, { ...facts, nowMs: 9000 }).length, 4)
})
