// The client with the real server, in a simulated world: slow, cut and torn networks, crashes, pauses.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientState } from '../src/index.ts'
import { sessionTimeoutMs, World, worldWithServer } from './world.ts'

test('a crash of the server: the session goes on, with its ephemerals, and its watches are armed again', async () => {
  const world = await worldWithServer(1)
  const client = await world.connected('one', '')
  const told: string[] = []
  const states: ClientState[] = []
  client.onState((state) => states.push(state))
  await world.run(client.create('/e', null, { mode: 'ephemeral' }))
  await world.run(client.create('/n', null))
  await world.run(client.getData('/n', (event) => told.push(`${event.type} ${event.path}`)))
  await world.run(client.exists('/later', (event) => told.push(`${event.type} ${event.path}`)))
  await world.run(client.getChildren('/n', (event) => told.push(`${event.type} ${event.path}`)))
  const { sessionId } = client
  await world.crashAndRestart(500)
  await world.reaches(client, 'disconnected')
  await world.reaches(client, 'connected')
  assert.equal(client.sessionId, sessionId)
  assert.deepEqual(states, ['disconnected', 'connected'])
  assert.equal((await world.run(client.exists('/e')))?.ephemeralOwner, sessionId)
  assert.deepEqual(told, [])
  await world.run(client.setData('/n', null))
  await world.run(client.create('/later', null))
  await world.run(client.create('/n/child', null))
  assert.deepEqual(told, ['dataChanged /n', 'created /later', 'childrenChanged /n'])
})

test('a change while the client was cut off is told when it is back', async () => {
  const world = await worldWithServer(2)
  const client = await world.connected('one')
  const other = await world.connected('two')
  const told: string[] = []
  await world.run(client.create('/n', null))
  await world.run(client.getData('/n', (event) => told.push(`${event.type} ${event.path}`)))
  await world.run(client.exists('/later', (event) => told.push(`${event.type} ${event.path}`)))
  const { simulation } = world
  simulation.network.partition([simulation.machine('one')], [simulation.machine('server')])
  await world.run(other.setData('/n', null))
  await world.run(other.create('/later', null))
  await simulation.run(4000)
  simulation.network.heal()
  await world.reaches(client, 'connected')
  await world.run(client.sync())
  assert.deepEqual(told.sort(), ['created /later', 'dataChanged /n'])
})

test('a client that was cut off for longer than its session is told that it has expired', async () => {
  const world = await worldWithServer(3)
  const client = await world.connected('one')
  const other = await world.connected('two')
  await world.run(client.create('/e', null, { mode: 'ephemeral' }))
  const { simulation } = world
  simulation.network.partition([simulation.machine('one')], [simulation.machine('server')])
  await simulation.run(2000)
  assert.notEqual(await world.run(other.exists('/e')), undefined)
  await simulation.run(sessionTimeoutMs + 1000)
  assert.equal(await world.run(other.exists('/e')), undefined)
  assert.equal(client.state, 'disconnected')
  const waiting = client.exists('/')
  const refusal = assert.rejects(waiting, ({ code }: { code: string }) => /SESSION_EXPIRED|CONNECTION_LOSS/.test(code))
  simulation.network.heal()
  await world.reaches(client, 'expired')
  await world.run(refusal)
  await assert.rejects(world.run(client.exists('/')), { code: 'SESSION_EXPIRED' })
})

test('an idle session lives as long as its client pings', async () => {
  const world = await worldWithServer(4)
  const client = await world.connected('one')
  await world.run(client.create('/e', null, { mode: 'ephemeral' }))
  await world.simulation.run(10 * 60_000)
  assert.equal(client.state, 'connected')
  assert.notEqual(await world.run(client.exists('/e')), undefined)
})

test('requests in flight are done and answered in order, each read after the writes before it', async () => {
  const world = await worldWithServer(5)
  const client = await world.connected('one')
  await world.run(client.create('/n', null))
  const order: string[] = []
  const work: Promise<void>[] = []
  for (let index = 0; index < 200; index++) {
    work.push(client.setData('/n', Buffer.from(String(index))).then(({ version }) => void order.push(`set ${version}`)))
    work.push(client.getData('/n').then(({ data }) => void order.push(`get ${data?.toString()}`)))
  }
  await world.run(Promise.all(work))
  const expected = Array.from({ length: 200 }, (_, index) => [`set ${index + 1}`, `get ${index}`]).flat()
  assert.deepEqual(order, expected)
})

test('a watch is called after the answer that armed it and before the answer that shows the change, in any network', async () => {
  for (const seed of [6, 7, 8, 9]) {
    const world = await worldWithServer(seed)
    const client = await world.connected('one')
    await world.run(client.create('/n', Buffer.from('0')))
    const order: string[] = []
    const work: Promise<unknown>[] = []
    for (let index = 1; index <= 20; index++) {
      const read = client.getData('/n', () => order.push(`watch ${index}`))
      work.push(read.then(() => order.push(`read ${index}`)))
      work.push(client.setData('/n', Buffer.from(String(index))).then(() => order.push(`set ${index}`)))
    }
    await world.run(Promise.all(work))
    const expected = Array.from({ length: 20 }, (_, index) =>
      ['read', 'watch', 'set'].map((what) => `${what} ${index + 1}`),
    )
    assert.deepEqual(order, expected.flat())
  }
})

test('whatever the network does, no write that was acknowledged is lost and none is reported twice', async () => {
  for (const seed of [10, 11, 12]) {
    const world = await worldWithServer(seed)
    const { simulation } = world
    Object.assign(simulation.network.conditions, {
      lossProbability: 0.05,
      splitProbability: 0.5,
      resetProbability: 0.02,
    })
    const client = world.client('one')
    await simulation.runUntil(client.connect())
    const acknowledged: string[] = []
    for (let index = 0; index < 60; index++) {
      const path = `/n-${index}`
      const created = client.create(path, null).then(
        () => acknowledged.push(path),
        () => undefined,
      )
      await simulation.runUntil(created)
      if (client.state !== 'connected') await world.reaches(client, 'connected')
    }
    Object.assign(simulation.network.conditions, { lossProbability: 0, resetProbability: 0 })
    if (client.state !== 'connected') await world.reaches(client, 'connected')
    const { children } = await world.run(client.getChildren('/'))
    assert.ok(acknowledged.length > 20, `only ${acknowledged.length} writes were acknowledged with seed ${seed}`)
    for (const path of acknowledged) assert.ok(children.includes(path.slice(1)), `${path} is lost with seed ${seed}`)
  }
})

test('close ends the session at once; a client that nobody answers says so', async () => {
  const world = await worldWithServer(13)
  const client = await world.connected('one', '')
  const other = await world.connected('two')
  await world.run(client.create('/e', null, { mode: 'ephemeral' }))
  await world.run(client.close())
  assert.equal(await world.run(other.exists('/e')), undefined)
  await assert.rejects(world.run(client.connect()), { code: 'SESSION_EXPIRED' })
  world.simulation.machine('server').powerOff()
  const lonely = world.client('three')
  await assert.rejects(world.run(lonely.connect()), { code: 'CONNECTION_LOSS' })
  assert.equal(lonely.state, 'closed')
})

test('two clients with chroots see their own part of the tree', async () => {
  const world = await worldWithServer(14)
  const plain = await world.connected('one')
  await world.run(plain.create('/a', null))
  const inner = await world.connected('two', '/a')
  const told: string[] = []
  await world.run(inner.getChildren('/', (event) => told.push(`${event.type} ${event.path}`)))
  const { path } = await world.run(inner.create('/x-', null, { mode: 'persistentSequential' }))
  assert.equal(path, '/x-0000000000')
  assert.deepEqual((await world.run(plain.getChildren('/a'))).children, ['x-0000000000'])
  assert.deepEqual(told, ['childrenChanged /'])
  const outcome = await world.run(
    inner.multi([
      { op: 'create', path: '/m', data: null },
      { op: 'check', path: '/', version: 0 },
    ]),
  )
  assert.ok(outcome.committed && outcome.results[0]?.op === 'create' && outcome.results[0].path === '/m')
})

test('SASL: the user comes first on every connection; a wrong password ends the client', async () => {
  const world = new World(17)
  const { env } = world.simulation.machine('server')
  env.disk.makeDirectorySync('/etc')
  env.disk.writeFileAtomicSync(
    '/etc/jaas.conf',
    Buffer.from('Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_bob="builder"; };'),
  )
  await world.startServer([
    'java.security.auth.login.config=/etc/jaas.conf',
    'authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider',
    'sessionRequireClientSASLAuth=true',
  ])
  const bob = await world.connected('one', '', { sasl: { user: 'bob', password: 'builder' } })
  const acl = [{ perms: 31, id: { scheme: 'sasl', id: 'bob' } }]
  await world.run(bob.create('/mine', Buffer.from('1'), { acl }))
  await world.crashAndRestart(100)
  await world.reaches(bob, 'disconnected')
  await world.reaches(bob, 'connected')
  assert.equal(String((await world.run(bob.getData('/mine'))).data), '1')

  const eve = world.client('two', '', { sasl: { user: 'bob', password: 'wrong' } })
  await assert.rejects(world.run(eve.connect()), { code: 'AUTH_FAILED' })
  assert.equal(eve.state, 'authFailed')
  await assert.rejects(world.run(eve.getData('/mine')), { code: 'AUTH_FAILED' })

  const nobody = await world.connected('three')
  await assert.rejects(world.run(nobody.getData('/mine')), { code: 'SESSION_CLOSED_REQUIRE_SASL_AUTH' })
})

test('SASL: a server without it ends a client that wants it', async () => {
  const world = await worldWithServer(18)
  const client = world.client('one', '', { sasl: { user: 'bob', password: 'builder' } })
  await assert.rejects(world.run(client.connect()), /authFailed/)
})
