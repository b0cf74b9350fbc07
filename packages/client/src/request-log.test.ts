import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeBody } from './request-log.ts'

test('a logged body has no secrets and no bytes, and is bounded', () => {
  const body = describeBody({
    authBytes: Buffer.from('\0alice\0her password'),
    upsertions: [{ name: 'alice', saltedPassword: Buffer.from('abc'), salt: Buffer.from('s'), iterations: 4096 }],
    resources: [
      {
        resourceName: 'orders',
        configs: [
          { name: 'listener.name.sasl.plain.sasl.jaas.config', value: 'user_alice="her password"' },
          { name: 'ssl.keystore.password', value: 'her password' },
          { name: 'retention.ms', value: '1000' },
        ],
      },
    ],
    records: Buffer.from('private'),
    offset: 2n ** 40n,
  })
  assert.doesNotMatch(body, /her password|private|abc/)
  assert.match(body, /"retention.ms","value":"1000"/)
  assert.match(body, /"records":"<7 bytes>"/)
  assert.match(body, /"offset":1099511627776/)
  assert.ok(describeBody({ list: Array.from({ length: 5000 }, () => 'x'.repeat(50)) }).length < 4100)
})
