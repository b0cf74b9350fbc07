// What the recipes do when the session ends and their client renews it, with the real server in a simulated world.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  acquireLock,
  Barrier,
  DoubleBarrier,
  leaders,
  leaderships,
  registerService,
  ServiceDirectory,
  SubtreeCache,
} from '../../src/index.ts'
import { World, worldWithServer } from '../world.ts'

const renewSession = true
const service = { name: 'web', id: 'a', address: '10.0.0.1', port: 80 }

test('a service is registered again in every session, as it was updated, and given back for good', async () => {
  const world = await worldWithServer(110)
  const [client, user] = [await world.connected('one', '', { renewSession }), await world.connected('user')]
  const directory = await world.run(ServiceDirectory.open(user, '/services'))
  const registration = await world.run(registerService(client, '/services', service))
  for (const port of [81, 82]) {
    await world.cutOff('one')
    assert.deepEqual(directory.instances('web'), [])
    const updated = registration.update({ port })
    world.simulation.network.heal()
    await world.run(updated)
    await world.simulation.run(200)
    assert.deepEqual(directory.instances('web'), [
      { ...service, port, registeredMs: registration.instance.registeredMs },
    ])
  }
  assert.equal(registration.lost.aborted, false)
  await world.run(registration.release())
  assert.equal(await world.run(user.exists(registration.path)), undefined)
  await world.run(client.close())
  assert.deepEqual(world.simulation.machine('one').pendingTimersMs, [])
})

test('a service does not push out who has taken its place meanwhile, and is told', async () => {
  const world = await worldWithServer(111)
  const [client, other] = [await world.connected('one', '', { renewSession }), await world.connected('two')]
  const registration = await world.run(registerService(client, '/services', service))
  await world.cutOff('one')
  await world.run(registerService(other, '/services', { ...service, port: 90 }))
  world.simulation.network.heal()
  await world.reaches(client, 'expired')
  await world.reaches(client, 'connected')
  await world.simulation.run(200)
  assert.equal((registration.lost.reason as { code: string }).code, 'NODE_EXISTS')
  await assert.rejects(world.run(registration.update({ port: 81 })), { code: 'NODE_EXISTS' })
  await world.run(registration.release())
  const directory = await world.run(ServiceDirectory.open(client, '/services'))
  assert.equal(directory.next('web')?.port, 90)
})

test('a service that is released, or whose client is closed, while its session is renewed is not registered again', async () => {
  for (const end of ['release', 'close'] as const) {
    const world = await worldWithServer(112)
    const [client, user] = [await world.connected('one', '', { renewSession }), await world.connected('user')]
    const registration = await world.run(registerService(client, '/services', service))
    await world.cutOff('one')
    world.simulation.network.heal()
    await world.reaches(client, 'expired')
    await world.run(end === 'release' ? registration.release() : client.close())
    await world.simulation.run(2000)
    assert.equal(await world.run(user.exists(registration.path)), undefined)
    assert.equal(registration.lost.aborted, end === 'close')
    await world.run(client.close())
    assert.deepEqual(world.simulation.machine('one').pendingTimersMs, [])
  }
})

test('leadership is lost before anybody else leads; then the candidate stands again, and observers look on', async () => {
  for (const lostOn of ['disconnect', 'expiry'] as const) {
    const world = await worldWithServer(113)
    const [one, two] = [await world.connected('one', '', { renewSession }), await world.connected('two')]
    const events: string[] = []
    const stop = new AbortController()
    const stand = async (client: typeof one, id: string): Promise<void> => {
      const options = { id, lostOn, signal: stop.signal }
      for await (const { lost } of leaderships(client, '/election', options)) {
        events.push(`${id} leads`)
        const { promise, resolve } = Promise.withResolvers<void>()
        const ended = AbortSignal.any([lost, stop.signal])
        ended.addEventListener('abort', () => resolve())
        await promise
        events.push(`${id} ended`)
      }
    }
    const standing = [stand(one, 'one')]
    await world.simulation.run(200)
    standing.push(stand(two, 'two'))
    const seen: (string | undefined)[] = []
    const looking = (async () => {
      for await (const leader of leaders(one, '/election', stop.signal)) seen.push(leader?.id)
    })()
    await world.simulation.run(200)
    await world.renew(one, 'one')
    await world.simulation.run(200)
    assert.deepEqual(events, ['one leads', 'one ended', 'two leads'], lostOn)
    assert.equal((await world.run(one.getChildren('/election'))).children.length, 2)
    assert.deepEqual(seen, ['one', 'two'])
    world.simulation.machine('two').powerOff()
    await world.simulation.run(10_000)
    assert.equal(events.at(-1), 'one leads')
    assert.equal(seen.at(-1), 'one')
    stop.abort()
    await world.run(Promise.all([standing[0], looking]))
    await world.run(one.close())
    assert.deepEqual(world.simulation.machine('one').pendingTimersMs, [])
  }
})

test('a lock that is held is lost and not taken again; one that is waited for is waited for in the next session', async () => {
  const world = await worldWithServer(114)
  const [one, two] = [await world.connected('one', '', { renewSession }), await world.connected('two')]
  const held = await world.run(acquireLock(one, '/held', { lostOn: 'expiry' }))
  const other = await world.run(acquireLock(two, '/other'))
  const waiting = acquireLock(one, '/other')
  await world.simulation.run(200)
  await world.renew(one, 'one')
  await world.simulation.run(200)
  assert.equal(held.lost.aborted, true)
  assert.deepEqual((await world.run(one.getChildren('/held'))).children, [])
  assert.equal((await world.run(one.getChildren('/other'))).children.length, 2)
  await world.run(other.release())
  const next = await world.run(waiting)
  assert.ok(next.fencingToken > other.fencingToken)
  assert.equal(next.lost.aborted, false)
  await world.run(held.release())
  await world.run(next.release())
  assert.deepEqual((await world.run(one.getChildren('/other'))).children, [])
})

test('who waits for a lock or a barrier is let go when the client is closed during the renewal', async () => {
  const world = await worldWithServer(115)
  const [one, two] = [await world.connected('one', '', { renewSession }), await world.connected('two')]
  await world.run(acquireLock(two, '/l'))
  await world.run(new Barrier(two, '/b').raise())
  const waiting = [acquireLock(one, '/l'), new Barrier(one, '/b').wait()]
  const refusals = waiting.map((one) => assert.rejects(one, { code: 'SESSION_EXPIRED' }))
  await world.simulation.run(200)
  await world.cutOff('one')
  world.simulation.network.heal()
  await world.reaches(one, 'expired')
  await world.run(one.close())
  await world.run(Promise.all(refusals))
  assert.deepEqual(world.simulation.machine('one').pendingTimersMs, [])
})

test('who begins to wait while the client is being closed is let go, too', async () => {
  const world = await worldWithServer(121)
  const [one, two] = [await world.connected('one', '', { renewSession }), await world.connected('two')]
  await world.run(acquireLock(two, '/l'))
  const waiting = acquireLock(one, '/l')
  await world.simulation.run(200)
  const closing = one.close()
  const refusals = [waiting, acquireLock(one, '/l'), SubtreeCache.open(one, '/c')].map((call) =>
    assert.rejects(call, { code: 'SESSION_EXPIRED' }),
  )
  await world.run(Promise.all([closing, ...refusals]))
  assert.deepEqual(world.simulation.machine('one').pendingTimersMs, [])
})

test('barriers: who waits waits on, and who entered is there again', async () => {
  const world = await worldWithServer(116)
  const [one, two] = [await world.connected('one', '', { renewSession }), await world.connected('two')]
  const barrier = new Barrier(two, '/b')
  await world.run(barrier.raise())
  let passed = 0
  const waiting = new Barrier(one, '/b').wait().then(() => (passed += 1))
  const entering = new DoubleBarrier(one, '/round', { member: 'one', memberCount: 2 }).enter()
  await world.simulation.run(200)
  await world.renew(one, 'one')
  await world.simulation.run(200)
  assert.equal(passed, 0)
  assert.deepEqual((await world.run(two.getChildren('/round'))).children, ['one'])
  await world.run(barrier.lower())
  await world.run(waiting)
  await world.run(new DoubleBarrier(two, '/round', { member: 'two', memberCount: 2 }).enter())
  await world.run(entering)
})

test('a cache is read and watched again in every session, and tells only differences', async () => {
  const world = await worldWithServer(117)
  const [one, two] = [await world.connected('one', '', { renewSession }), await world.connected('two')]
  for (const path of ['/c', '/c/kept', '/c/changed', '/c/removed']) await world.run(two.create(path, null))
  const cache = await world.run(SubtreeCache.open(one, '/c'))
  const told: string[] = []
  cache.onChange((change) =>
    told.push(`${change.type} ${change.type === 'removed' ? change.previous.path : change.node.path}`),
  )
  await world.cutOff('one')
  await world.run(two.setData('/c/changed', null))
  await world.run(two.delete('/c/removed'))
  world.simulation.network.heal()
  await world.reaches(one, 'expired')
  assert.equal(cache.state, 'stale')
  await world.reaches(one, 'connected')
  await world.simulation.run(200)
  assert.equal(cache.state, 'current')
  assert.deepEqual(new Set(told.splice(0)), new Set(['changed /c/changed', 'removed /c/removed']))
  await world.renew(one, 'one')
  await world.run(two.create('/c/new', null))
  await world.simulation.run(200)
  assert.deepEqual(told, ['added /c/new'])
  await world.cutOff('one')
  world.simulation.network.heal()
  await world.reaches(one, 'expired')
  await world.run(one.close())
  assert.equal(cache.state, 'ended')
})

test('in a network that loses, cuts and lets sessions expire, never two holders, and all get their turn', async () => {
  for (const seed of [118, 119, 120]) {
    const world = new World(seed)
    await world.startServer()
    const { simulation } = world
    Object.assign(simulation.network.conditions, { lossProbability: 0.02, resetProbability: 0.02 })
    let highest = 0n
    let turns = 0
    let expiries = 0
    const names = ['a', 'b', 'c']
    const clients = names.map((name) => world.client(name, '', { renewSession, connectTimeoutMs: 60_000 }))
    const work = clients.map(async (client) => {
      client.onState((state) => (expiries += state === 'expired' ? 1 : 0))
      await client.connect()
      const registration = await registerService(client, '/s', { ...service, id: names[clients.indexOf(client)] ?? '' })
      for (let round = 0; round < 6; round++) {
        await using lock = await acquireLock(client, '/l')
        await new Promise<void>((resolve) => client.env.timers.after(1000, resolve))
        // What the lock protects: it takes nothing from a holder whose time is over.
        if (!lock.lost.aborted) {
          assert.ok(lock.fencingToken > highest, `seed ${seed}`)
          highest = lock.fencingToken
        }
        turns += 1
      }
      return registration
    })
    for (const name of names) {
      await simulation.run(300)
      await world.cutOff(name)
      simulation.network.heal()
    }
    const registrations = await simulation.runUntil(Promise.all(work), 600_000)
    assert.equal(turns, 18)
    Object.assign(simulation.network.conditions, { lossProbability: 0, resetProbability: 0 })
    await simulation.run(15_000)
    assert.ok(expiries >= 3, `seed ${seed}: ${expiries} sessions expired`)
    const directory = await world.run(ServiceDirectory.open(clients[0] as (typeof clients)[0], '/s'))
    assert.deepEqual(
      directory.instances('web').map(({ id }) => id),
      names,
    )
    for (const registration of registrations) await world.run(registration.release())
    for (const [index, client] of clients.entries()) {
      await world.run(client.close())
      assert.deepEqual(simulation.machine(names[index] as string).pendingTimersMs, [])
    }
  }
})
