import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteReader } from '@odradek/base'
import { Simulation } from '@odradek/env-sim'
import {
  createRequest,
  createResponse,
  getChildrenRequest,
  getChildrenResponse,
  getDataRequest,
  getDataResponse,
  OpCode,
  setDataRequest,
} from '@odradek/zookeeper-protocol'
import { RawClient } from '../support/raw-client.ts'
import type { ConnectOptions } from '../support/raw-client.ts'
import { SimulatedServer } from '../support/simulated-server.ts'

const acl = [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }]
const nothing = Buffer.alloc(0)

async function connect(server: SimulatedServer, options: ConnectOptions = {}): Promise<RawClient> {
  const { env } = server.simulation.machine('client')
  const client = await server.simulation.runUntil(RawClient.open(env, 'server', 2181))
  client.connect(options)
  await server.simulation.runUntil(client.next(({ kind }) => kind === 'connected'))
  return client
}

/** Sends so many writes at once, alternately to one node and new ones, and returns which were answered, by xid. */
function flood(client: RawClient, path: string, count: number): () => Map<number, string> {
  const sent = new Set<number>()
  for (let index = 0; index < count; index++) {
    const data = Buffer.from(String(index))
    const isCreate = index % 2 === 1
    const request = { path: `${path}/n-`, data, acl, flags: 2 }
    const xid = isCreate
      ? client.send(OpCode.create, createRequest, request)
      : client.send(OpCode.setData, setDataRequest, { path, data, version: -1 })
    sent.add(xid)
  }
  return () => {
    const answered = new Map<number, string>()
    for (const received of client.received) {
      if (received.kind !== 'reply' || !sent.has(received.xid)) continue
      assert.equal(received.err, 0)
      const isCreate = received.body.length < 68
      const created = isCreate ? (createResponse.decode(new ByteReader(received.body)).path ?? '') : ''
      answered.set(received.xid, created)
    }
    return answered
  }
}

test('what was answered survives a crash at any moment, of the process or of the machine', async () => {
  let answeredBeforeCrash = 0
  for (let seed = 0; seed < 25; seed++) {
    const simulation = new Simulation({ seed: `crash ${seed}` })
    const server = new SimulatedServer(simulation, ['snapCount=20'])
    await server.start()
    const client = await connect(server, { timeOut: 40_000 })
    await simulation.runUntil(client.call(OpCode.create, createRequest, { path: '/a', data: nothing, acl, flags: 0 }))
    client.received = []
    server.machine.crashAtDiskOperation(2 + ((seed * 7) % 60), seed % 2 === 0 ? 'power' : 'process')
    const rounds: (() => Map<number, string>)[] = []
    for (let round = 0; round < 8 && server.machine.isRunning; round++) {
      rounds.push(flood(client, '/a', 10))
      await simulation.run(3)
    }
    if (server.machine.isRunning) server.machine.powerOff()
    await simulation.run(50)
    const answered = new Map(rounds.flatMap((collect) => [...collect()]))
    answeredBeforeCrash += answered.size

    await server.start()
    const witness = await connect(server)
    const childrenReply = await simulation.runUntil(
      witness.call(OpCode.getChildren, getChildrenRequest, { path: '/a', watch: false }),
    )
    const { children } = getChildrenResponse.decode(new ByteReader(childrenReply.body))
    const names = new Set(children?.map((name) => `/a/${name}`))
    for (const created of answered.values())
      if (created !== '') assert.ok(names.has(created), `${created} is lost, seed ${seed}`)
    const dataReply = await simulation.runUntil(
      witness.call(OpCode.getData, getDataRequest, { path: '/a', watch: false }),
    )
    const { stat } = getDataResponse.decode(new ByteReader(dataReply.body))
    const setsAnswered = [...answered.values()].filter((created) => created === '').length
    assert.ok(stat.version >= setsAnswered, `version ${stat.version} after ${setsAnswered} answers, seed ${seed}`)
    // The order of one session holds: the creates and the changes between them are there up to one point, and none behind it.
    assert.ok(
      Math.abs(stat.version - names.size) <= 1,
      `version ${stat.version} and ${names.size} children, seed ${seed}`,
    )
    // And it goes on.
    const more = await simulation.runUntil(
      witness.call(OpCode.setData, setDataRequest, { path: '/a', data: nothing, version: stat.version }),
    )
    assert.equal(more.err, 0)
    await server.close()
  }
  assert.ok(answeredBeforeCrash > 200, `only ${answeredBeforeCrash} writes were answered before the crashes`)
})

test('a sync that fails stops the server, and nothing that it should have covered is answered', async () => {
  const simulation = new Simulation({ seed: 'sync' })
  const server = new SimulatedServer(simulation)
  await server.start()
  const client = await connect(server)
  await simulation.runUntil(client.call(OpCode.create, createRequest, { path: '/a', data: nothing, acl, flags: 0 }))
  client.received = []
  server.machine.disk.syncsToFail = 1
  client.send(OpCode.setData, setDataRequest, { path: '/a', data: Buffer.from('lost'), version: -1 })
  await simulation.run(1000)
  assert.match(String(server.failure), /DiskError/)
  assert.deepEqual(
    client.received.map(({ kind }) => kind),
    ['closed'],
  )
  await assert.rejects(simulation.runUntil(RawClient.open(simulation.machine('client').env, 'server', 2181)), {
    code: 'CONNECTION_REFUSED',
  })
})

test('a session outlives the server, with its ephemeral nodes, and expires if nobody comes back', async () => {
  const simulation = new Simulation({ seed: 'session' })
  const server = new SimulatedServer(simulation)
  await server.start()
  const client = await connect(server, { timeOut: 10_000 })
  await simulation.runUntil(client.call(OpCode.create, createRequest, { path: '/e', data: nothing, acl, flags: 1 }))
  const exists = async (): Promise<boolean> => {
    const witness = await connect(server)
    const reply = await simulation.runUntil(witness.call(OpCode.exists, getDataRequest, { path: '/e', watch: false }))
    witness.close()
    return reply.err === 0
  }
  server.machine.crashProcess()
  await simulation.run(30_000)
  await server.start()
  await simulation.run(5000)
  const { sessionId, passwd } = client
  const returned = await connect(server, { sessionId, passwd, timeOut: 10_000 })
  assert.equal(returned.sessionId, sessionId)
  assert.equal(await exists(), true)
  await server.close()
  await server.start()
  await simulation.run(14_000)
  assert.equal(await exists(), false)
})

test('a client that does not read is made to wait, and the others are served', async () => {
  const simulation = new Simulation({ seed: 'slow reader' })
  const server = new SimulatedServer(simulation)
  await server.start()
  const slow = await connect(server, { timeOut: 40_000 })
  await simulation.runUntil(
    slow.call(OpCode.create, createRequest, { path: '/big', data: Buffer.alloc(500_000), acl, flags: 0 }),
  )
  slow.pause()
  for (let count = 0; count < 400; count++) slow.send(OpCode.getData, getDataRequest, { path: '/big', watch: false })
  await simulation.run(500)
  const other = await connect(server)
  const reply = await simulation.runUntil(other.call(OpCode.getData, getDataRequest, { path: '/', watch: false }), 1000)
  assert.equal(reply.err, 0)
  slow.resume()
  await simulation.run(5000)
  assert.equal(slow.received.filter(({ kind }) => kind === 'reply').length, 400)
})

test('a second server on the same directory is refused', async () => {
  const simulation = new Simulation({ seed: 'lock' })
  const server = new SimulatedServer(simulation)
  await server.start()
  const second = new SimulatedServer(simulation, ['clientPort=2182'])
  await assert.rejects(second.start(), { name: 'DiskError', code: 'LOCKED' })
})

test('at most maxClientCnxns connections from one address', async () => {
  const simulation = new Simulation({ seed: 'limit' })
  const server = new SimulatedServer(simulation, ['maxClientCnxns=2'])
  await server.start()
  const first = await connect(server)
  await connect(server)
  await assert.rejects(connect(server), /closed the connection/)
  first.close()
  await simulation.run(1000)
  await connect(server)
})

test('a client that does not close its side is cut off', async () => {
  const simulation = new Simulation({ seed: 'half open' })
  const server = new SimulatedServer(simulation)
  await server.start()
  const { network } = simulation.machine('client').env
  const lazy = await simulation.runUntil(network.connect({ host: 'server', port: 2181 }))
  lazy.handle({ onData: () => undefined, onEnd: () => undefined, onClose: () => undefined })
  lazy.write([Buffer.from('ruok')])
  const connectionCount = async (): Promise<string | undefined> => {
    const monitor = await simulation.runUntil(RawClient.open(simulation.machine('client').env, 'server', 2181))
    monitor.command('mntr')
    await simulation.run(100)
    const text = monitor.received.flatMap((received) => (received.kind === 'text' ? [received.text] : [])).join('')
    return /zk_num_alive_connections\t(\d+)/.exec(text)?.[1]
  }
  await simulation.run(100)
  assert.equal(await connectionCount(), '2')
  await simulation.run(10_000)
  assert.equal(await connectionCount(), '1')
})
