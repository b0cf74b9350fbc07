import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionThrottle } from './connection-throttle.ts'
import type { ConnectionThrottleOptions } from './connection-throttle.ts'

const usual: ConnectionThrottleOptions = {
  connectionTokens: 3,
  connectionTokenIntervalMs: 10,
  connectionTokenFillCount: 2,
  connectionFreezeMs: -1,
  connectionDropIncrease: 0.5,
  connectionDropDecrease: 0.25,
  connectionDecreaseRatio: 0.5,
  connectionWeightEnabled: false,
  newSessionWeight: 3,
  renewedSessionWeight: 2,
}

function admitted(throttle: ConnectionThrottle, nowMs: number, isRenewed = false): number {
  let count = 0
  while (count < 20 && throttle.admits(isRenewed, nowMs)) count++
  return count
}

test('tokens run out and come back, and never are more than there is room for', () => {
  const throttle = new ConnectionThrottle(usual, () => 0)
  assert.equal(admitted(throttle, 5), 3)
  assert.equal(throttle.deficit, 3)
  assert.equal(admitted(throttle, 9), 0)
  assert.equal(admitted(throttle, 10), 2)
  assert.equal(admitted(throttle, 19), 0)
  assert.equal(admitted(throttle, 1000), 3)
  assert.equal(admitted(new ConnectionThrottle({ ...usual, connectionTokens: 0 }, () => 0), 0), 20)
})

test('with weights, sessions that come back take fewer tokens than new ones', () => {
  const options = { ...usual, connectionWeightEnabled: true }
  assert.equal(admitted(new ConnectionThrottle(options, () => 0), 0), 3)
  assert.equal(admitted(new ConnectionThrottle(options, () => 0), 0, true), 4)
})

test('whoever comes while the tokens keep running out is refused by chance', () => {
  const throttle = new ConnectionThrottle(
    { ...usual, connectionFreezeMs: 5, connectionTokenIntervalMs: 1000 },
    () => 0.6,
  )
  assert.equal(admitted(throttle, 0), 3)
  assert.equal(admitted(throttle, 10), 0)
  assert.equal(throttle.dropProbability, 0.5)
  assert.equal(admitted(throttle, 20), 0)
  assert.equal(throttle.dropProbability, 1)
  // There are tokens again, and the chance goes down step by step.
  assert.equal(admitted(throttle, 2500), 0)
  assert.equal(throttle.dropProbability, 0.75)
  assert.equal(throttle.admits(false, 2510), true)
  assert.equal(throttle.dropProbability, 0.5)
})
