// Services with the real server in a simulated world.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerService, ServiceDirectory } from '../../src/index.ts'
import { worldWithServer } from '../world.ts'

test('instances are found while they live, and each change is told', async () => {
  const world = await worldWithServer(80)
  const { simulation } = world
  const [one, two, user] = [
    await world.connected('one'),
    await world.connected('two'),
    await world.connected('user'),
  ] as const
  const directory = await world.run(ServiceDirectory.open(user, '/services'))
  assert.deepEqual(directory.names(), [])
  const told: string[] = []
  const stopFollowing = new AbortController()
  const following = (async () => {
    for await (const { type, instance } of directory.changes(stopFollowing.signal)) {
      told.push(`${type} ${instance.id}:${instance.port}`)
    }
  })()
  const first = await world.run(
    registerService(one, '/services', { name: 'web', id: 'a', address: '10.0.0.1', port: 80, payload: { zone: 'x' } }),
  )
  await world.run(registerService(two, '/services', { name: 'web', id: 'b', address: '10.0.0.2', port: 80 }))
  await simulation.run(100)
  assert.deepEqual(
    directory.instances('web').map(({ id, address, payload }) => [id, address, payload]),
    [
      ['a', '10.0.0.1', { zone: 'x' }],
      ['b', '10.0.0.2', undefined],
    ],
  )
  assert.deepEqual([directory.next('web')?.id, directory.next('web')?.id, directory.next('web')?.id], ['a', 'b', 'a'])
  await world.run(first.update({ port: 81 }))
  await simulation.run(100)
  simulation.machine('two').powerOff()
  await simulation.run(10_000)
  await world.run(first.release())
  await simulation.run(100)
  stopFollowing.abort()
  await world.run(following)
  assert.deepEqual(told, ['added a:80', 'added b:80', 'changed a:81', 'removed b:80', 'removed a:81'])
  assert.equal(directory.next('web'), undefined)
  assert.deepEqual(directory.names(), [])
})

test('an instance replaces the one that its former self has left, and that one is told', async () => {
  const world = await worldWithServer(81)
  const [before, after] = [await world.connected('before'), await world.connected('after')]
  const service = { name: 'web', id: 'a', address: '10.0.0.1', port: 80 }
  const old = await world.run(registerService(before, '/services', service))
  const now = await world.run(registerService(after, '/services', { ...service, port: 90 }))
  await world.simulation.run(100)
  assert.equal(old.lost.aborted, true)
  assert.equal(now.lost.aborted, false)
  const directory = await world.run(ServiceDirectory.open(before, '/services'))
  assert.deepEqual(
    directory.instances('web').map(({ port }) => port),
    [90],
  )
})

test("Curator's instances are understood, and what is no instance is left out", async () => {
  const world = await worldWithServer(82)
  const client = await world.connected('one')
  await world.run(client.create('/services', null))
  await world.run(client.create('/services/web', null))
  const curators =
    '{"name":"web","id":"c","address":"10.0.0.3","port":8080,"sslPort":null,"payload":null,' +
    '"registrationTimeUTC":1700000000000,"serviceType":"DYNAMIC","uriSpec":null}'
  await world.run(client.create('/services/web/c', Buffer.from(curators)))
  await world.run(client.create('/services/web/junk', Buffer.from('{"name":7')))
  await world.run(client.create('/services/web/list', Buffer.from('[]')))
  const directory = await world.run(ServiceDirectory.open(client, '/services'))
  assert.deepEqual(directory.instances('web'), [
    { name: 'web', id: 'c', address: '10.0.0.3', port: 8080, registeredMs: 1_700_000_000_000 },
  ])
})
