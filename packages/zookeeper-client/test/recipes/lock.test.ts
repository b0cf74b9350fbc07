// Locks with the real server in a simulated world.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acquireLock, acquireReadLock, acquireWriteLock } from '../../src/index.ts'
import type { Lock, ZooKeeperClient } from '../../src/index.ts'
import { World, sessionTimeoutMs, worldWithServer } from '../world.ts'

test('one holder at a time, in the order of the calls, each with a larger fencing token', async () => {
  const world = await worldWithServer(40)
  const order: string[] = []
  const tokens: bigint[] = []
  let holders = 0
  const clients = [await world.connected('one'), await world.connected('two'), await world.connected('three')]
  const work = async (name: string, client: ZooKeeperClient): Promise<void> => {
    await using lock = await acquireLock(client, '/locks/a', { holder: name })
    holders += 1
    assert.equal(holders, 1)
    order.push(name)
    tokens.push(lock.fencingToken)
    assert.equal(String((await client.getData(lock.path)).data), name)
    holders -= 1
  }
  for (const [index, client] of clients.entries()) {
    await world.run(work(['one', 'two', 'three'][index] as string, client))
  }
  assert.deepEqual(order, ['one', 'two', 'three'])
  assert.ok(tokens.every((token, index) => index === 0 || token > (tokens[index - 1] as bigint)))

  const held: Promise<Lock>[] = []
  const taken: number[] = []
  for (const [index, client] of clients.entries()) {
    held.push(acquireLock(client, '/locks/a'))
    void held[index]?.then(() => taken.push(index))
    await world.simulation.run(100)
  }
  assert.deepEqual(taken, [0])
  await world.run((await (held[0] as Promise<Lock>)).release())
  await world.simulation.run(100)
  assert.deepEqual(taken, [0, 1])
  await world.run((await (held[1] as Promise<Lock>)).release())
  await world.simulation.run(100)
  assert.deepEqual(taken, [0, 1, 2])
})

test('who gives up waiting stands in nobody’s way', async () => {
  const world = await worldWithServer(41)
  const [one, two, three] = [
    await world.connected('one'),
    await world.connected('two'),
    await world.connected('three'),
  ] as const
  const first = await world.run(acquireLock(one, '/l'))
  const giveUp = new AbortController()
  const second = acquireLock(two, '/l', { signal: giveUp.signal })
  const refusal = assert.rejects(second, { message: 'enough' })
  await world.simulation.run(100)
  const third = acquireLock(three, '/l')
  await world.simulation.run(100)
  giveUp.abort(new Error('enough'))
  await world.run(refusal)
  await world.run(first.release())
  await world.run((await world.run(third)).release())
  assert.deepEqual((await world.run(one.getChildren('/l'))).children, [])
})

test('a holder that is cut off is told before anybody else can have the lock', async () => {
  for (const lostOn of ['disconnect', 'expiry'] as const) {
    const world = await worldWithServer(42)
    const { simulation } = world
    const [one, two] = [await world.connected('one'), await world.connected('two')]
    const lock = await world.run(acquireLock(one, '/l', { lostOn }))
    const events: string[] = []
    lock.lost.addEventListener('abort', () => events.push('lost'))
    const next = acquireLock(two, '/l').then(() => events.push('taken'))
    await simulation.run(500)
    simulation.network.partition([simulation.machine('one')], [simulation.machine('server')])
    await world.run(next)
    assert.deepEqual(events, ['lost', 'taken'], lostOn)
    assert.ok(lock.lost.reason instanceof Error && /may no longer be held/.test(lock.lost.reason.message))
  }
})

test('lostOn decides what a short loss of the connection means', async () => {
  const world = await worldWithServer(43)
  const [one, two] = [await world.connected('one'), await world.connected('two')]
  const careful = await world.run(acquireLock(one, '/careful'))
  const steady = await world.run(acquireLock(two, '/steady', { lostOn: 'expiry' }))
  await world.crashAndRestart(500)
  await world.reaches(one, 'disconnected')
  await world.reaches(one, 'connected')
  if (two.state !== 'connected') await world.reaches(two, 'connected')
  await world.simulation.run(sessionTimeoutMs)
  assert.equal(careful.lost.aborted, true)
  assert.equal(steady.lost.aborted, false)
  await world.run(two.delete(steady.path))
  await world.simulation.run(100)
  assert.equal(steady.lost.aborted, true)
  await world.run(careful.release())
  assert.deepEqual((await world.run(two.getChildren('/careful'))).children, [])
})

test('readers share, a writer is alone, and readers behind a waiting writer wait for it', async () => {
  const world = await worldWithServer(44)
  const client = await world.connected('one')
  const taken: string[] = []
  const take = async (name: string, lock: Promise<Lock>): Promise<Lock> => {
    const held = await lock
    taken.push(name)
    return held
  }
  const first = take('read 1', acquireReadLock(client, '/rw'))
  await world.simulation.run(50)
  const second = take('read 2', acquireReadLock(client, '/rw'))
  await world.simulation.run(50)
  const writer = take('write', acquireWriteLock(client, '/rw'))
  await world.simulation.run(50)
  const third = take('read 3', acquireReadLock(client, '/rw'))
  await world.simulation.run(50)
  assert.deepEqual(taken, ['read 1', 'read 2'])
  await world.run((await first).release())
  await world.run((await second).release())
  await world.simulation.run(50)
  assert.deepEqual(taken, ['read 1', 'read 2', 'write'])
  await world.run((await writer).release())
  await world.run(third)
  assert.deepEqual(taken, ['read 1', 'read 2', 'write', 'read 3'])
})

test('in a network that loses and cuts, never two holders, and all get their turn', async () => {
  for (const seed of [45, 46, 47]) {
    const world = new World(seed)
    await world.startServer()
    const { simulation } = world
    Object.assign(simulation.network.conditions, { lossProbability: 0.02, resetProbability: 0.02 })
    let highest = 0n
    let turns = 0
    const worker = async (name: string): Promise<void> => {
      let client = world.client(name)
      for (let round = 0; round < 4; round++) {
        for (;;) {
          if (client.state === 'expired' || client.state === 'closed') client = world.client(name)
          try {
            if (client.sessionId === 0n) await client.connect()
            await using lock = await acquireLock(client, '/l')
            // What the lock protects: it takes nothing from a holder whose time is over.
            if (!lock.lost.aborted) {
              assert.ok(lock.fencingToken > highest, `seed ${seed}`)
              highest = lock.fencingToken
            }
            turns += 1
            break
          } catch (error) {
            if ((error as Error).name !== 'ZooKeeperError') throw error
          }
        }
      }
    }
    await simulation.runUntil(Promise.all(['a', 'b', 'c'].map(worker)), 600_000)
    assert.equal(turns, 12)
  }
})
