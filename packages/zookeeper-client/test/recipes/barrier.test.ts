// Barriers with the real server in a simulated world.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Barrier, DoubleBarrier } from '../../src/index.ts'
import { sessionTimeoutMs, worldWithServer } from '../world.ts'

test('all wait while the barrier is up, over a restart of the server, and go on when it is lowered', async () => {
  const world = await worldWithServer(60)
  const [one, two] = [await world.connected('one'), await world.connected('two')]
  const barrier = new Barrier(one, '/barriers/b')
  await world.run(barrier.wait())
  await world.run(barrier.raise())
  await world.run(barrier.raise())
  let passed = 0
  const waiting = [one, two].map(async (client) => {
    await new Barrier(client, '/barriers/b').wait()
    passed += 1
  })
  const giveUp = new AbortController()
  const refusal = assert.rejects(new Barrier(two, '/barriers/b').wait(giveUp.signal), { message: 'enough' })
  await world.simulation.run(200)
  giveUp.abort(new Error('enough'))
  await world.run(refusal)
  await world.crashAndRestart(500)
  await world.reaches(one, 'connected')
  assert.equal(passed, 0)
  await world.run(barrier.lower())
  await world.run(Promise.all(waiting))
})

test('members of a double barrier begin together and end together', async () => {
  const world = await worldWithServer(61)
  const events: string[] = []
  const members: DoubleBarrier[] = []
  for (const member of ['a', 'b', 'c']) {
    members.push(new DoubleBarrier(await world.connected(member), '/round-1', { member, memberCount: 3 }))
  }
  const entering = members.map(async (member, index) => {
    await member.enter()
    events.push(`in ${index}`)
  })
  await world.run(Promise.all(entering))
  const leave = async (index: number): Promise<void> => {
    await (members[index] as DoubleBarrier).leave()
    events.push(`out ${index}`)
  }
  const leaving = [leave(0)]
  await world.simulation.run(200)
  assert.equal(events.length, 3)
  // The last member dies instead of leaving.
  leaving.push(leave(1))
  world.simulation.machine('c').powerOff()
  await world.run(Promise.all(leaving))
  assert.equal(events.length, 5)
  const looker = await world.connected('looker')
  assert.deepEqual((await world.run(looker.getChildren('/round-1'))).children, [])
})

test('who gives up entering is not counted', async () => {
  const world = await worldWithServer(62)
  const [one, two] = [await world.connected('one'), await world.connected('two')]
  const barrier = (client: typeof one, member: string): DoubleBarrier =>
    new DoubleBarrier(client, '/round', { member, memberCount: 2 })
  const giveUp = new AbortController()
  const refusal = assert.rejects(barrier(one, 'a').enter(giveUp.signal), { message: 'enough' })
  await world.simulation.run(200)
  giveUp.abort(new Error('enough'))
  await world.run(refusal)
  await world.simulation.run(200)
  const stopWaiting = new AbortController()
  const waiting = assert.rejects(barrier(two, 'b').enter(stopWaiting.signal), { message: 'still alone' })
  await world.simulation.run(1000)
  stopWaiting.abort(new Error('still alone'))
  await world.run(waiting)
})

test('a member whose process died and comes again is counted once, and when its former session has ended', async () => {
  const world = await worldWithServer(63)
  const barrier = (client: Awaited<ReturnType<typeof world.connected>>, member: string): DoubleBarrier =>
    new DoubleBarrier(client, '/round', { member, memberCount: 2 })
  const former = barrier(await world.connected('one'), 'a').enter()
  former.catch(() => undefined)
  await world.simulation.run(200)
  const machine = world.simulation.machine('one')
  machine.powerOff()
  machine.restart()
  const events: string[] = []
  const again = await world.connected('one')
  const entering = barrier(again, 'a')
    .enter()
    .then(() => events.push('a'))
  await world.simulation.run(2 * sessionTimeoutMs)
  assert.deepEqual(events, [])
  const looker = await world.connected('two')
  assert.equal((await world.run(looker.exists('/round/a')))?.ephemeralOwner, again.sessionId)
  await world.run(Promise.all([entering, barrier(looker, 'b').enter()]))
})
