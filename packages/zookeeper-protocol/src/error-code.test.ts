import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ZooKeeperError, ZooKeeperErrorCode, zooKeeperErrorOf } from './error-code.ts'

test('every code leads to its name and text, and back', () => {
  for (const [name, code] of Object.entries(ZooKeeperErrorCode)) {
    const facts = zooKeeperErrorOf(code)
    assert.equal(facts.name, name)
    assert.equal(ZooKeeperErrorCode[facts.name], code)
    assert.ok(facts.text.length > 5, name)
  }
  assert.equal(zooKeeperErrorOf(-9999).name, 'SYSTEM_ERROR')
})

test('an error carries its code as name and as number', () => {
  const error = new ZooKeeperError('BAD_VERSION')
  assert.equal(error.code, 'BAD_VERSION')
  assert.equal(error.errorCode, -103)
  assert.match(error.message, /another version/)
})
