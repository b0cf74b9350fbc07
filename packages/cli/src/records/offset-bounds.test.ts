import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseOffsetBounds } from './offset-bounds.ts'

test("kcat's -o: ends, offsets, the last N, times", () => {
  assert.deepEqual(parseOffsetBounds('beginning'), { start: { kind: 'beginning' } })
  assert.deepEqual(parseOffsetBounds('stored'), { start: { kind: 'stored' } })
  assert.deepEqual(parseOffsetBounds('17'), { start: { kind: 'offset', offset: 17 } })
  assert.deepEqual(parseOffsetBounds('-5'), { start: { kind: 'beforeEnd', count: 5 } })
  const start = parseOffsetBounds('s@1700000000000')
  assert.deepEqual(parseOffsetBounds('e@2023-11-14T22:13:21Z', start), {
    start: { kind: 'timestamp', timestampMs: 1_700_000_000_000 },
    stop: { kind: 'timestamp', timestampMs: 1_700_000_001_000 },
  })
  assert.deepEqual(parseOffsetBounds('s@1..e@2'), {
    start: { kind: 'timestamp', timestampMs: 1 },
    stop: { kind: 'timestamp', timestampMs: 2 },
  })
})

test('what it takes is said', () => {
  for (const wrong of ['', 'first', '1.5', 's@yesterday', '--3']) {
    assert.throws(() => parseOffsetBounds(wrong), { code: 'INVALID_OPTION' }, wrong)
  }
})
