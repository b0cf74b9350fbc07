import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Chroot } from './chroot.ts'

test('paths are mapped below the chroot and back', () => {
  const chroot = new Chroot('/kafka')
  for (const [client, server] of [
    ['/', '/kafka'],
    ['/a/b', '/kafka/a/b'],
  ] as const) {
    assert.equal(chroot.toServer(client), server)
    assert.equal(chroot.toClient(server), client)
  }
  assert.equal(chroot.toClient('/kafka-other'), '/kafka-other')
  assert.equal(new Chroot('').toServer('/'), '/')
})

test('a path that would leave the chroot is refused', () => {
  assert.throws(() => new Chroot('/kafka').toServer('x'), { code: 'BAD_ARGUMENTS' })
})
