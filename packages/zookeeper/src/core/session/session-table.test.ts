import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SessionTable } from './session-table.ts'

test('a session expires at the tick behind its time-out after it was last heard of', () => {
  const sessions = new SessionTable(2000)
  sessions.track(1n, 4000, 100)
  assert.deepEqual(sessions.expire(5999), [])
  assert.equal(sessions.touch(1n, 5000), true)
  assert.deepEqual(sessions.expire(6000), [])
  assert.deepEqual(sessions.expire(10_000), [1n])
  assert.equal(sessions.isAlive(1n), false)
  assert.equal(sessions.touch(1n, 10_000), false)
  assert.deepEqual(sessions.expire(99_000), [])
  sessions.remove(1n)
  assert.equal(sessions.size, 0)
})

test('none expires before its time, all do within a tick after it', () => {
  const step = fc.record({ id: fc.bigInt(0n, 5n), afterMs: fc.nat(3000) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const tickMs = 500
      const sessions = new SessionTable(tickMs)
      const deadlines = new Map<bigint, number>()
      let nowMs = 0
      for (const { id, afterMs } of steps) {
        nowMs += afterMs
        for (const expired of sessions.expire(nowMs)) {
          assert.ok((deadlines.get(expired) ?? Infinity) <= nowMs, `session ${expired} at ${nowMs}`)
          deadlines.delete(expired)
          sessions.remove(expired)
        }
        for (const deadline of deadlines.values()) assert.ok(deadline + tickMs > nowMs)
        if (!sessions.touch(id, nowMs)) sessions.track(id, 2000, nowMs)
        deadlines.set(id, nowMs + 2000)
      }
    }),
  )
})
