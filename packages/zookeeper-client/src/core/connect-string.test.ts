import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConnectString } from './connect-string.ts'

test('a connect string names servers, by default on 2181, and a chroot', () => {
  assert.deepEqual(parseConnectString('a:1, b ,[::1]:3/kafka/one'), {
    servers: [
      { host: 'a', port: 1 },
      { host: 'b', port: 2181 },
      { host: '::1', port: 3 },
    ],
    chroot: '/kafka/one',
  })
  assert.equal(parseConnectString('a/').chroot, '')
})

test('a connect string that cannot be meant is refused with the reason', () => {
  for (const text of ['', '/x', 'a:0', 'a:65536', 'a:b', 'a:1/x/', 'a:1/x//y']) {
    assert.throws(() => parseConnectString(text), { code: 'BAD_ARGUMENTS', message: /connect string/ }, text)
  }
})
