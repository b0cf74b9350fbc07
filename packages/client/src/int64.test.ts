import assert from 'node:assert/strict'
import { test } from 'node:test'
import { int64Of, numberOf, saturated, saturatedOrNone } from './int64.ts'

test('an int64 is a number exactly, or one typed error', () => {
  assert.equal(numberOf(2n ** 53n - 1n, 'an offset'), Number.MAX_SAFE_INTEGER)
  assert.throws(() => numberOf(2n ** 53n, 'an offset'), { code: 'BAD_RESPONSE', message: /an offset/ })
  assert.equal(int64Of(-1, 'offset'), -1n)
  assert.throws(() => int64Of(2 ** 53, 'offset'), { code: 'INVALID_ARGUMENT', message: /offset/ })
  assert.throws(() => int64Of(0.5, 'offset'), { code: 'INVALID_ARGUMENT' })
})

test('times and sizes without bound are the largest exact number', () => {
  assert.equal(saturated(2n ** 63n - 1n), Number.MAX_SAFE_INTEGER)
  assert.equal(saturated(-(2n ** 63n)), Number.MIN_SAFE_INTEGER)
  assert.equal(saturated(1_700_000_000_000n), 1_700_000_000_000)
  assert.equal(saturatedOrNone(-1n), undefined)
})
