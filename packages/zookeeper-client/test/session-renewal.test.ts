// A client that renews its session, with the real server in a simulated world.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientState } from '../src/index.ts'
import { worldWithServer } from './world.ts'

const renewSession = true

test('a cut that is longer than the session: expired, then connected with another session, without ephemeral nodes', async () => {
  const world = await worldWithServer(100)
  const client = await world.connected('one', '', { renewSession })
  const states: [ClientState, bigint][] = []
  client.onState((state) => states.push([state, client.sessionId]))
  const { sessionId } = client
  await world.run(client.addAuth('digest', Buffer.from('bob:secret')))
  await world.run(client.create('/e', null, { mode: 'ephemeral' }))
  await world.cutOff('one')
  const waiting = client.exists('/')
  const refusal = assert.rejects(waiting, ({ code }: { code: string }) => /SESSION_EXPIRED|CONNECTION_LOSS/.test(code))
  world.simulation.network.heal()
  await world.reaches(client, 'expired')
  // What is called from now on is of the next session.
  const created = await world.run(client.create('/f', null, { mode: 'ephemeral' }))
  assert.equal(created.stat.ephemeralOwner, client.sessionId)
  assert.notEqual(client.sessionId, sessionId)
  await world.run(refusal)
  assert.deepEqual(states, [
    ['disconnected', sessionId],
    ['expired', sessionId],
    ['connected', client.sessionId],
  ])
  assert.equal(await world.run(client.exists('/e')), undefined)
  const schemes = (await world.run(client.whoAmI())).map(({ authScheme }) => authScheme)
  assert.ok(schemes.includes('digest'))
  await world.run(client.close())
  assert.deepEqual(world.simulation.machine('one').pendingTimersMs, [])
})

test('several expiries in a row, with restarts of the server between and within', async () => {
  const world = await worldWithServer(101)
  const client = await world.connected('one', '', { renewSession })
  const states: ClientState[] = []
  client.onState((state) => states.push(state))
  const sessions = [client.sessionId]
  for (let round = 0; round < 3; round++) {
    await world.cutOff('one')
    if (round > 0) await world.crashAndRestart(500)
    world.simulation.network.heal()
    await world.reaches(client, 'expired')
    // The server is gone before the next session could begin.
    if (round > 1) await world.crashAndRestart(30_000)
    await world.reaches(client, 'connected')
    sessions.push(client.sessionId)
  }
  assert.equal(new Set(sessions).size, 4)
  assert.deepEqual(states, Array.from({ length: 3 }, () => ['disconnected', 'expired', 'connected']).flat())
  await world.run(client.create('/e', null, { mode: 'ephemeral' }))
  await world.crashAndRestart(500)
  await world.reaches(client, 'disconnected')
  await world.reaches(client, 'connected')
  assert.equal(client.sessionId, sessions.at(-1))
  await world.run(client.close())
  assert.deepEqual(world.simulation.machine('one').pendingTimersMs, [])
})

test('close during the renewal ends the client at once, and leaves nothing behind', async () => {
  for (const closes of ['when it is told', 'later, without a connection'] as const) {
    const world = await worldWithServer(102)
    const { simulation } = world
    const client = await world.connected('one', '', { renewSession })
    const expired = Promise.withResolvers<void>()
    client.onState((state) => {
      if (state !== 'expired') return
      if (closes === 'when it is told') expired.resolve(client.close())
      else {
        simulation.network.partition([simulation.machine('one')], [simulation.machine('server')])
        expired.resolve()
      }
    })
    await world.cutOff('one')
    simulation.network.heal()
    await world.run(expired.promise)
    if (closes !== 'when it is told') {
      await simulation.run(5000)
      assert.equal(client.state, 'expired')
      const refusal = assert.rejects(client.exists('/'), { code: 'SESSION_EXPIRED' })
      await world.run(client.close())
      await world.run(refusal)
    }
    assert.equal(client.state, 'closed')
    assert.deepEqual(simulation.machine('one').pendingTimersMs, [])
    await assert.rejects(world.run(client.exists('/')), { code: 'SESSION_EXPIRED' })
    simulation.network.heal()
    await simulation.run(20_000)
    assert.equal(client.state, 'closed')
  }
})

test('watches are set again in the next session; those that fire once are told what changed before it began', async () => {
  const world = await worldWithServer(103)
  const [client, other] = [await world.connected('one', '', { renewSession }), await world.connected('two')]
  const told: string[] = []
  for (const path of ['/n', '/quiet', '/kept']) {
    await world.run(other.create(path, null))
    if (path === '/kept') continue
    await world.run(client.getData(path, (event) => told.push(`once ${event.type} ${event.path}`)))
  }
  await world.run(client.create('/e', null, { mode: 'ephemeral' }))
  await world.run(client.exists('/e', (event) => told.push(`once ${event.type} ${event.path}`)))
  await world.run(client.addWatch('/kept', (event) => told.push(`always ${event.type} ${event.path}`)))
  await world.cutOff('one')
  for (const path of ['/n', '/kept']) await world.run(other.setData(path, null))
  world.simulation.network.heal()
  await world.reaches(client, 'expired')
  assert.deepEqual(told, [])
  await world.reaches(client, 'connected')
  await world.run(client.sync())
  assert.deepEqual(new Set(told.splice(0)), new Set(['once dataChanged /n', 'once deleted /e']))
  for (const path of ['/n', '/kept', '/quiet']) await world.run(other.setData(path, null))
  await world.simulation.run(100)
  assert.deepEqual(told, ['always dataChanged /kept', 'once dataChanged /quiet'])
})
