// The cache of a subtree with the real server in a simulated world.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SubtreeCache } from '../../src/index.ts'
import type { ZooKeeperClient } from '../../src/index.ts'
import { worldWithServer } from '../world.ts'
import type { World } from '../world.ts'

/** The subtree as the server has it. */
async function serversView(world: World, client: ZooKeeperClient, path: string): Promise<Map<string, string>> {
  const nodes = new Map<string, string>()
  const visit = async (node: string): Promise<void> => {
    if ((await client.exists(node)) === undefined) return
    nodes.set(node, String((await client.getData(node)).data))
    for (const child of (await client.getChildren(node)).children) await visit(`${node}/${child}`)
  }
  await world.run(visit(path))
  return nodes
}

function cachesView(cache: SubtreeCache): Map<string, string> {
  return new Map([...cache.nodes()].map(({ path, data }) => [path, String(data)]))
}

function sorted(nodes: Map<string, string>): [string, string][] {
  return [...nodes].sort(([a], [b]) => (a < b ? -1 : 1))
}

test('it holds the tree, tells every change in order, and lists children', async () => {
  const world = await worldWithServer(70)
  const [writer, reader] = [await world.connected('writer'), await world.connected('reader')]
  await world.run(writer.create('/config', Buffer.from('root')))
  await world.run(writer.create('/config/b', Buffer.from('1')))
  await world.run(writer.create('/elsewhere', null))
  const cache = await world.run(SubtreeCache.open(reader, '/config'))
  assert.equal(cache.state, 'current')
  assert.equal(String(cache.get('/config/b')?.data), '1')
  const told: string[] = []
  const following = (async () => {
    for await (const change of cache.changes()) {
      told.push(`${change.type} ${change.type === 'removed' ? change.previous.path : change.node.path}`)
    }
  })()
  await world.run(writer.create('/config/a', Buffer.from('2')))
  await world.run(writer.create('/config/a/deep', null))
  await world.simulation.run(100)
  await world.run(writer.setData('/config/b', Buffer.from('3')))
  await world.run(writer.delete('/config/a/deep'))
  await world.simulation.run(100)
  assert.deepEqual(cache.children('/config'), ['a', 'b'])
  assert.deepEqual(cache.children('/config/a'), [])
  assert.equal(String(cache.get('/config/b')?.data), '3')
  assert.equal(cache.get('/elsewhere'), undefined)
  await world.run(cache.close())
  await world.run(following)
  assert.deepEqual(told, ['added /config/a', 'added /config/a/deep', 'changed /config/b', 'removed /config/a/deep'])
  assert.equal(cache.state, 'ended')
  assert.equal(cache.size, 3)
})

test('a root that is not there yet makes an empty cache that fills', async () => {
  const world = await worldWithServer(71)
  const client = await world.connected('one')
  const cache = await world.run(SubtreeCache.open(client, '/later'))
  assert.equal(cache.size, 0)
  await world.run(client.create('/later', Buffer.from('now')))
  await world.simulation.run(50)
  assert.equal(String(cache.get('/later')?.data), 'now')
})

test('after being cut off it becomes what the server has, and tells only differences', async () => {
  const world = await worldWithServer(72)
  const { simulation } = world
  const [writer, reader] = [await world.connected('writer'), await world.connected('reader')]
  await world.run(writer.create('/c', null))
  for (const name of ['kept', 'changed', 'removed', 'replaced']) await world.run(writer.create(`/c/${name}`, null))
  const cache = await world.run(SubtreeCache.open(reader, '/c'))
  const told: string[] = []
  cache.onChange((change) =>
    told.push(`${change.type} ${change.type === 'removed' ? change.previous.path : change.node.path}`),
  )
  simulation.network.partition([simulation.machine('reader')], [simulation.machine('server')])
  await world.run(writer.setData('/c/changed', Buffer.from('x')))
  await world.run(writer.delete('/c/removed'))
  await world.run(writer.delete('/c/replaced'))
  await world.run(writer.create('/c/replaced', null))
  await world.run(writer.create('/c/new', null))
  await simulation.run(5000)
  assert.equal(cache.state, 'stale')
  simulation.network.heal()
  await world.reaches(reader, 'connected')
  await simulation.run(1000)
  assert.equal(cache.state, 'current')
  assert.deepEqual(
    new Set(told),
    new Set(['changed /c/changed', 'removed /c/removed', 'changed /c/replaced', 'added /c/new']),
  )
  assert.deepEqual(sorted(cachesView(cache)), sorted(await serversView(world, writer, '/c')))
})

test('in a network that loses and cuts, with a server that crashes, the cache ends up as the server is', async () => {
  for (const seed of [73, 74, 75]) {
    const world = await worldWithServer(seed)
    const { simulation } = world
    const writer = await world.connected('writer')
    await world.run(writer.create('/c', null))
    const reader = await world.connected('reader', '', { sessionTimeoutMs: 20_000 })
    const cache = await world.run(SubtreeCache.open(reader, '/c'))
    const followed = new Map<string, string>([['/c', 'null']])
    cache.onChange((change) => {
      if (change.type === 'removed') followed.delete(change.previous.path)
      else followed.set(change.node.path, String(change.node.data))
    })
    Object.assign(simulation.network.conditions, {
      lossProbability: 0.05,
      splitProbability: 0.3,
      resetProbability: 0.03,
    })
    const random = simulation.machine('writer').env.random.fork('test')
    for (let step = 0; step < 150; step++) {
      const path = `/c/${random.integer(5)}${random.integer(2) === 0 ? '' : `/${random.integer(3)}`}`
      const write = [
        () => writer.create(path, Buffer.from(String(step))),
        () => writer.setData(path, Buffer.from(String(step))),
        () => writer.delete(path),
      ][random.integer(3)] as () => Promise<unknown>
      await world.run(write().catch(() => undefined))
      if (step === 75) await world.crashAndRestart(200)
      if (writer.state !== 'connected') await world.reaches(writer, 'connected')
    }
    Object.assign(simulation.network.conditions, { lossProbability: 0, resetProbability: 0 })
    await simulation.run(15_000)
    assert.equal(cache.state, 'current', `seed ${seed}`)
    const expected = sorted(await serversView(world, writer, '/c'))
    assert.deepEqual(sorted(cachesView(cache)), expected, `seed ${seed}`)
    assert.deepEqual(sorted(followed), expected, `seed ${seed}`)
  }
})

test('the end of the session ends loops over it with the reason', async () => {
  const world = await worldWithServer(76)
  const { simulation } = world
  const client = await world.connected('one')
  const cache = await world.run(SubtreeCache.open(client, '/c'))
  const loop = (async () => {
    for await (const change of cache.changes()) assert.fail(change.type)
  })()
  const refusal = assert.rejects(loop, { code: 'SESSION_EXPIRED' })
  simulation.network.partition([simulation.machine('one')], [simulation.machine('server')])
  await simulation.run(10_000)
  simulation.network.heal()
  await world.run(refusal)
  assert.equal(cache.state, 'ended')
})

test('nodes that may not be read are left out, and opening can be given up', async () => {
  const world = await worldWithServer(77)
  const [owner, reader] = [await world.connected('owner'), await world.connected('reader')]
  await world.run(owner.addAuth('digest', Buffer.from('owner:secret')))
  await world.run(owner.create('/c', null))
  await world.run(owner.create('/c/open', null))
  await world.run(owner.create('/c/secret', null, { acl: [{ perms: 31, id: { scheme: 'auth', id: '' } }] }))
  const cache = await world.run(SubtreeCache.open(reader, '/c'))
  assert.deepEqual(cache.children('/c'), ['open'])
  await assert.rejects(world.run(SubtreeCache.open(reader, '/c', AbortSignal.abort(new Error('enough')))), {
    message: 'enough',
  })
})
