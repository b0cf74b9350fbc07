import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import { createRequest, getDataRequest, OpCode, setDataRequest, ZooKeeperErrorCode } from '@odradek/zookeeper-protocol'
import { RawClient } from '../support/raw-client.ts'
import { SimulatedServer } from '../support/simulated-server.ts'

const acl = [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }]

/** How many of five clients that come at once get a session. */
async function sessionsOfFive(lines: readonly string[]): Promise<number> {
  const simulation = new Simulation({ seed: 'limits' })
  const server = new SimulatedServer(simulation, lines)
  await server.start()
  const { env } = simulation.machine('client')
  const clients: RawClient[] = []
  for (let count = 0; count < 5; count++) {
    clients.push(await simulation.runUntil(RawClient.open(env, 'server', 2181)))
  }
  for (const client of clients) client.connect()
  await simulation.run(500)
  await server.close()
  return clients.filter(({ received }) => received.some(({ kind }) => kind === 'connected')).length
}

async function start(
  lines: readonly string[],
): Promise<{ server: SimulatedServer; connect: () => Promise<RawClient> }> {
  const simulation = new Simulation({ seed: 'limits' })
  const server = new SimulatedServer(simulation, lines)
  await server.start()
  const connect = async (): Promise<RawClient> => {
    const client = await simulation.runUntil(RawClient.open(simulation.machine('client').env, 'server', 2181))
    client.connect({ timeOut: 10_000 })
    await simulation.runUntil(client.next(({ kind }) => kind === 'connected'))
    return client
  }
  return { server, connect }
}

async function monitor({ simulation }: SimulatedServer): Promise<string> {
  const client = await simulation.runUntil(RawClient.open(simulation.machine('monitor').env, 'server', 2181))
  client.command('mntr')
  await simulation.run(50)
  return client.received.flatMap((received) => (received.kind === 'text' ? [received.text] : [])).join('')
}

function setData(client: RawClient, count: number, data = Buffer.from('x')): void {
  for (let index = 0; index < count; index++)
    client.send(OpCode.setData, setDataRequest, { path: '/a', data, version: -1 })
}

const errorsOf = (client: RawClient): number[] =>
  client.received.flatMap((received) => (received.kind === 'reply' ? [received.err] : []))

test('connections and new sessions have limits, where they are set', async () => {
  assert.equal(await sessionsOfFive([]), 5)
  assert.equal(await sessionsOfFive(['maxClientCnxns=3']), 3)
  assert.equal(await sessionsOfFive(['maxCnxns=4']), 4)
  assert.equal(await sessionsOfFive(['connection_throttle_tokens=2', 'connection_throttle_fill_time=60000']), 2)
})

test('whoever has too much under way waits, and one request of everybody else is taken', async () => {
  const { server, connect } = await start(['globalOutstandingLimit=10'])
  const { simulation } = server
  const greedy = await connect()
  const modest = await connect()
  await simulation.runUntil(greedy.call(OpCode.create, createRequest, { path: '/a', data: null, acl, flags: 0 }))
  greedy.received = []
  server.machine.disk.syncMsMean = 1000
  setData(greedy, 500)
  await simulation.run(100)
  assert.match(await monitor(server), /zk_outstanding_requests\t1[0-2]\n/)
  // Written by the same sync as those before it, long before the 500 are through.
  const reply = await simulation.runUntil(
    modest.call(OpCode.create, createRequest, { path: '/b', data: null, acl, flags: 0 }),
  )
  assert.equal(reply.err, 0)
  assert.ok(errorsOf(greedy).length < 100, `${errorsOf(greedy).length} were answered before`)
  server.machine.disk.syncMsMean = 1
  await simulation.run(60_000)
  assert.equal(errorsOf(greedy).length, 500)
  await server.close()
})

test('with request_throttle_max_requests requests wait in their order, and who waits too long is told so', async () => {
  const { server, connect } = await start([
    'request_throttle_max_requests=5',
    'throttled_op_wait_time=2000',
    'globalOutstandingLimit=100000',
  ])
  const { simulation } = server
  const client = await connect()
  await simulation.runUntil(client.call(OpCode.create, createRequest, { path: '/a', data: null, acl, flags: 0 }))
  client.received = []
  server.machine.disk.syncMsMean = 1000
  setData(client, 50)
  client.send(OpCode.getData, getDataRequest, { path: '/a', watch: false })
  await simulation.run(50)
  assert.match(await monitor(server), /zk_outstanding_requests\t51\n/)
  await simulation.run(60_000)
  const errors = errorsOf(client)
  assert.equal(errors.length, 51)
  assert.equal(errors[0], 0)
  const refused = errors.filter((error) => error === ZooKeeperErrorCode.THROTTLED_OP).length
  assert.ok(refused > 10, `${refused} were refused`)
  assert.equal(errors.filter((error) => error === 0).length, 51 - refused)
  assert.match(await monitor(server), new RegExp(`zk_throttled_ops\t${refused}\n`))
  const xids = client.received.flatMap((received) => (received.kind === 'reply' ? [received.xid] : []))
  assert.deepEqual(
    xids,
    xids.toSorted((a, b) => a - b),
  )
  await server.close()
})

test('what waits for a connection that is gone is not done', async () => {
  const { server, connect } = await start(['request_throttle_max_requests=5', 'globalOutstandingLimit=100000'])
  const { simulation } = server
  const client = await connect()
  await simulation.runUntil(client.call(OpCode.create, createRequest, { path: '/a', data: null, acl, flags: 0 }))
  server.machine.disk.syncMsMean = 1000
  setData(client, 50)
  await simulation.run(50)
  client.close()
  await simulation.run(20_000)
  const other = await connect()
  const reply = await simulation.runUntil(other.call(OpCode.getData, getDataRequest, { path: '/a', watch: false }))
  const version = reply.body.readInt32BE(reply.body.length - 68 + 32)
  assert.ok(version > 0 && version <= 10, `${version} of 50 were done`)
  assert.match(await monitor(server), /zk_stale_requests_dropped\t4\d\n/)
  await server.close()
})

test('large packets share a room of their own', async () => {
  const { server, connect } = await start(['largeRequestThreshold=10000', 'largeRequestMaxBytes=100000'])
  const { simulation } = server
  const client = await connect()
  const other = await connect()
  await simulation.runUntil(client.call(OpCode.create, createRequest, { path: '/a', data: null, acl, flags: 0 }))
  // One after the other there is room for any number.
  for (let round = 0; round < 5; round++) {
    const data = Buffer.alloc(60_000)
    await simulation.runUntil(client.call(OpCode.setData, setDataRequest, { path: '/a', data, version: -1 }))
  }
  server.machine.disk.syncMsMean = 1000
  setData(client, 1, Buffer.alloc(60_000))
  await simulation.run(20)
  setData(other, 1, Buffer.alloc(60_000))
  await simulation.run(20)
  assert.ok(other.received.some(({ kind }) => kind === 'closed'))
  assert.match(await monitor(server), /zk_large_requests_rejected\t1\n/)
  await server.close()
})
