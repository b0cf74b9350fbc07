import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commonEndOffset, isAhead } from './common-end-offset.ts'
import type { LogExtent } from './common-end-offset.ts'
import { nextMoveStep } from './move-step.ts'
import { MoveThrottle } from './move-throttle.ts'

/** From where to where, and which epoch begins at which offset. */
function log(logStartOffset: number, logEndOffset: number, epochs: Record<number, number> = { 1: 0 }): LogExtent {
  const epochEntries = Object.entries(epochs).map(([epoch, startOffset]) => ({ epoch: Number(epoch), startOffset }))
  return { logStartOffset, logEndOffset, epochEntries }
}

test('two logs are the same up to where their epochs part, or one of them ends', () => {
  assert.equal(commonEndOffset(log(0, 10), log(0, 7)), 7)
  assert.equal(commonEndOffset(log(0, 10, { 1: 0, 3: 6 }), log(0, 9, { 1: 0 })), 6)
  assert.equal(commonEndOffset(log(0, 10, { 1: 0, 3: 6 }), log(0, 9, { 1: 0, 2: 4 })), 4)
  assert.equal(commonEndOffset(log(5, 10, { 3: 5 }), log(0, 9, { 1: 0, 3: 2 })), 9)
  assert.equal(commonEndOffset(log(0, 4, {}), log(0, 9, {})), 4)
  assert.equal(commonEndOffset(log(5, 10, { 3: 5 }), log(0, 9, { 1: 0 })), 5)
  assert.equal(commonEndOffset(log(8, 10), log(0, 7)), undefined)
})

test('the log whose last record is of a later epoch is ahead, then the longer one', () => {
  assert.ok(isAhead(log(0, 5), log(0, 4)))
  assert.ok(!isAhead(log(0, 5), log(0, 5)))
  assert.ok(isAhead(log(0, 5, { 1: 0, 2: 4 }), log(0, 9)))
  assert.ok(isAhead(log(9, 9, {}), log(0, 5)))
  assert.ok(!isAhead(log(4, 4, {}), log(0, 5)))
})

test('a copy is cut back to what its log still has, filled up, and takes its place', () => {
  assert.deepEqual(nextMoveStep(log(0, 10), log(0, 4), true), { do: 'copy', fromOffset: 4 })
  assert.deepEqual(nextMoveStep(log(0, 10), log(0, 10), false), { do: 'swap' })
  assert.deepEqual(nextMoveStep(log(6, 10), log(0, 4), false), { do: 'start-at', offset: 6 })
  assert.deepEqual(nextMoveStep(log(0, 8), log(0, 10), false), { do: 'truncate', offset: 8 })
  const reappended = log(0, 12, { 1: 0, 2: 8 })
  assert.deepEqual(nextMoveStep(reappended, log(0, 10), true), { do: 'truncate', offset: 8 })
  assert.deepEqual(nextMoveStep(log(0, 12, { 2: 0 }), log(0, 10), true), { do: 'start-at', offset: 0 })
  assert.deepEqual(nextMoveStep(log(20, 20, {}), log(0, 0, {}), true), { do: 'start-at', offset: 20 })
})

test('what was copied is paid for with time, at the rate that is allowed then', () => {
  const throttle = new MoveThrottle()
  assert.equal(throttle.delayMs(1000, 0), 0)
  throttle.copied(4000)
  assert.equal(throttle.delayMs(1000, 0), 4000)
  assert.equal(throttle.delayMs(1000, 1000), 3000)
  assert.equal(throttle.delayMs(3000, 1500), 500)
  assert.equal(throttle.delayMs(3000, 2000), 0)
  throttle.copied(1e9)
  assert.equal(throttle.delayMs(Infinity, 2001), 0)
})
