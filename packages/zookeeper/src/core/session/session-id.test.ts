import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstSessionId, sessionPassword } from './session-id.ts'

test('the password is that of java.util.Random', () => {
  // new Random(0xB3415C00L ^ 0x100007dbc9304f7L).nextBytes(16), and the well-known first ints of new Random(42).
  const seedOf42 = 42n ^ 0xb3415c00n
  const password = sessionPassword(seedOf42)
  assert.equal(password.readInt32LE(0), -1170105035)
  assert.equal(password.readInt32LE(4), 234785527)
})

test('a session id has the server id in its top byte and is positive below 128', () => {
  const id = firstSessionId(1, 1_700_000_000_000)
  assert.equal(id >> 56n, 1n)
  assert.ok(firstSessionId(255, 1_700_000_000_000) < 0n)
  assert.ok(firstSessionId(1, 1_700_000_000_001) > id)
})
