// Watches that stay, with the real server in a simulated world.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WatchEvent } from '../src/index.ts'
import { worldWithServer } from './world.ts'

test('a persistent watch tells every change of one node and of its children, until it is removed', async () => {
  const world = await worldWithServer(30)
  const client = await world.connected('one')
  const told: string[] = []
  const tell = (event: WatchEvent): unknown => told.push(`${event.type} ${event.path}`)
  const watch = await world.run(client.addWatch('/n', tell))
  await world.run(client.create('/n', null))
  await world.run(client.setData('/n', null))
  await world.run(client.create('/n/child', null))
  await world.run(client.setData('/n/child', null))
  await world.run(client.delete('/n/child'))
  await world.run(client.delete('/n'))
  const expected = ['created /n', 'dataChanged /n', 'childrenChanged /n', 'childrenChanged /n', 'deleted /n']
  assert.deepEqual(told, expected)
  await world.run(watch.remove())
  await world.run(client.create('/n', null))
  assert.deepEqual(told, expected)
})

test('a recursive watch tells of all below, by the names of the chroot, and is armed again after a reconnect', async () => {
  const world = await worldWithServer(31)
  const plain = await world.connected('two')
  await world.run(plain.create('/root', null))
  await world.run(plain.create('/root/a', null))
  const client = await world.connected('one', '/root')
  const told: string[] = []
  await world.run(client.addWatch('/a', ({ type, path }) => told.push(`${type} ${path}`), { recursive: true }))
  await world.run(client.create('/a/b', null))
  await world.run(client.create('/a/b/c', null))
  await world.run(client.create('/other', null))
  assert.deepEqual(told.splice(0), ['created /a/b', 'created /a/b/c'])
  await world.crashAndRestart(500)
  await world.reaches(client, 'disconnected')
  await world.reaches(client, 'connected')
  await world.run(client.setData('/a/b/c', null))
  await world.run(client.delete('/a/b/c'))
  assert.deepEqual(told, ['dataChanged /a/b/c', 'deleted /a/b/c'])
})

test('of two watches on one path each is told, and the one that stays is told after the other was removed', async () => {
  const world = await worldWithServer(32)
  const client = await world.connected('one')
  const told: string[] = []
  const first = await world.run(client.addWatch('/', () => told.push('first'), { recursive: true }))
  // Removed while the second is on its way: the server must keep the one watch that it has for both.
  const [second] = await world.run(
    Promise.all([client.addWatch('/', () => told.push('second'), { recursive: true }), first.remove()]),
  )
  await world.run(client.create('/a', null))
  assert.deepEqual(told, ['second'])
  await world.run(second.remove())
  await world.run(client.create('/b', null))
  assert.deepEqual(told, ['second'])
})

test('nodes with a TTL, ephemerals of the session, descendants, and who one is', async () => {
  const world = await worldWithServer(33)
  const client = await world.connected('one')
  await assert.rejects(world.run(client.create('/t', null, { mode: 'persistentWithTtl' })), { code: 'BAD_ARGUMENTS' })
  await assert.rejects(world.run(client.create('/t', null, { ttlMs: 5 })), { code: 'BAD_ARGUMENTS' })
  await assert.rejects(world.run(client.create('/t', null, { mode: 'persistentWithTtl', ttlMs: 1000 })), {
    code: 'UNIMPLEMENTED',
  })
  await world.run(client.create('/a', null))
  await world.run(client.create('/a/e', null, { mode: 'ephemeral' }))
  assert.deepEqual(await world.run(client.getEphemerals()), ['/a/e'])
  assert.equal(await world.run(client.getAllChildrenNumber('/a')), 1)
  await world.run(client.addAuth('digest', Buffer.from('bob:secret')))
  const schemes = (await world.run(client.whoAmI())).map(({ authScheme }) => authScheme)
  assert.deepEqual(new Set(schemes), new Set(['digest', 'ip']))
})
