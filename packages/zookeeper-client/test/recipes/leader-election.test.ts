// Elections with the real server in a simulated world.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { candidates, lead, leaders } from '../../src/index.ts'
import { worldWithServer } from '../world.ts'

test('the first candidate leads, the next follows when it resigns or dies, and observers see each', async () => {
  const world = await worldWithServer(50)
  const { simulation } = world
  const observer = await world.connected('observer')
  const seen: (string | undefined)[] = []
  const stopLooking = new AbortController()
  const looking = (async () => {
    for await (const leader of leaders(observer, '/election', stopLooking.signal)) seen.push(leader?.id)
  })()
  await simulation.run(100)
  const [one, two, three] = [
    await world.connected('one'),
    await world.connected('two'),
    await world.connected('three'),
  ] as const
  const first = await world.run(lead(one, '/election', { id: 'one' }))
  const second = lead(two, '/election', { id: 'two' })
  await simulation.run(100)
  const third = lead(three, '/election', { id: 'three' })
  await simulation.run(100)
  assert.deepEqual(
    (await world.run(candidates(observer, '/election'))).map(({ id }) => id),
    ['one', 'two', 'three'],
  )
  await world.run(first.release())
  const leadershipOfTwo = await world.run(second)
  assert.equal(first.lost.aborted, false)
  simulation.machine('two').powerOff()
  const leadershipOfThree = await world.run(third)
  assert.ok(leadershipOfThree.fencingToken > leadershipOfTwo.fencingToken)
  await simulation.run(100)
  await world.run(leadershipOfThree.release())
  await simulation.run(100)
  stopLooking.abort()
  await world.run(looking)
  assert.deepEqual(seen, [undefined, 'one', 'two', 'three', undefined])
})

test('leadership ends with the session, and the same id can stand again', async () => {
  const world = await worldWithServer(51)
  const { simulation } = world
  const one = await world.connected('one')
  const leadership = await world.run(lead(one, '/election', { id: 'one' }))
  simulation.network.partition([simulation.machine('one')], [simulation.machine('server')])
  await simulation.run(10_000)
  simulation.network.heal()
  await world.reaches(one, 'expired')
  assert.equal(leadership.lost.aborted, true)
  await assert.rejects(world.run(lead(one, '/election', { id: 'one' })), { code: 'SESSION_EXPIRED' })
  const again = await world.connected('one')
  const next = await world.run(lead(again, '/election', { id: 'one' }))
  assert.ok(next.fencingToken > leadership.fencingToken)
})
