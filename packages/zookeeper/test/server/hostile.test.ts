import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import {
  addWatchRequest,
  createRequest,
  encodeMultiRequest,
  getDataRequest,
  OpCode,
  requestHeader,
  setDataRequest,
  ZooKeeperErrorCode,
} from '@odradek/zookeeper-protocol'
import { ByteWriter } from '@odradek/base'
import { RawClient } from '../support/raw-client.ts'
import { SimulatedServer } from '../support/simulated-server.ts'

const acl = [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }]

interface Table {
  readonly simulation: Simulation
  readonly server: SimulatedServer
  readonly connect: () => Promise<RawClient>
}

async function start(lines: readonly string[] = []): Promise<Table> {
  const simulation = new Simulation({ seed: 'hostile' })
  const server = new SimulatedServer(simulation, lines)
  await server.start()
  const connect = async (): Promise<RawClient> => {
    const client = await simulation.runUntil(RawClient.open(simulation.machine('client').env, 'server', 2181))
    client.connect({ timeOut: 40_000 })
    await simulation.runUntil(client.next(({ kind }) => kind === 'connected'))
    return client
  }
  return { simulation, server, connect }
}

const isClosed = (client: RawClient): boolean => client.received.some(({ kind }) => kind === 'closed')

/** A request of somebody else is answered within a second. */
async function serves({ simulation, connect }: Table): Promise<void> {
  const client = await connect()
  const reply = await simulation.runUntil(client.call(OpCode.exists, getDataRequest, { path: '/', watch: false }), 1000)
  assert.equal(reply.err, 0)
  client.close()
}

test('who has by far the most watches is cut off when they are too many, and nobody else', async () => {
  const table = await start(['odradek.watchesSizeMaxMiB=1'])
  const { simulation, connect } = table
  const modest = await connect()
  for (let index = 0; index < 100; index++)
    modest.send(OpCode.exists, getDataRequest, { path: `/mine-${index}`, watch: true })
  const greedy = await connect()
  for (let index = 0; index < 4000; index++)
    greedy.send(OpCode.exists, getDataRequest, { path: `/nothing/${'x'.repeat(index % 50)}${index}`, watch: true })
  await simulation.run(1000)
  assert.ok(isClosed(greedy))
  assert.ok(!isClosed(modest))
  await serves(table)
  modest.received = []
  const writer = await connect()
  await simulation.runUntil(writer.call(OpCode.create, createRequest, { path: '/mine-7', data: null, acl, flags: 0 }))
  await simulation.run(50)
  assert.deepEqual(
    modest.received.map(({ kind }) => kind),
    ['event'],
  )
})

test('whoever does not read the events that he asked for is cut off', async () => {
  const table = await start(['odradek.unreadSizeMaxMiB=1'])
  const { simulation, connect } = table
  const deaf = await connect()
  await simulation.runUntil(deaf.call(OpCode.addWatch, addWatchRequest, { path: '/', mode: 1 }))
  const path = `/${'p'.repeat(10_000)}`
  const writer = await connect()
  await simulation.runUntil(writer.call(OpCode.create, createRequest, { path, data: null, acl, flags: 0 }))
  deaf.pause()
  for (let round = 0; round < 4; round++) {
    for (let count = 0; count < 100; count++)
      writer.send(OpCode.setData, setDataRequest, { path, data: Buffer.alloc(1), version: -1 })
    await simulation.run(3000)
  }
  deaf.resume()
  await simulation.run(100)
  assert.ok(isClosed(deaf))
  assert.equal(isClosed(writer), false)
  await serves(table)
})

test('a path of a megabyte, a multi of tens of thousands', async () => {
  const table = await start()
  const { simulation, connect } = table
  const client = await connect()
  const path = `/${'a/'.repeat(500_000)}b`
  const reply = await simulation.runUntil(
    client.call(OpCode.create, createRequest, { path, data: null, acl, flags: 0 }),
    5000,
  )
  assert.equal(reply.err, ZooKeeperErrorCode.NO_NODE)
  const long = `/${'b'.repeat(1_000_000)}`
  const created = await simulation.runUntil(
    client.call(OpCode.create, createRequest, { path: long, data: null, acl, flags: 0 }),
    5000,
  )
  assert.equal(created.err, 0)
  client.received = []
  const writer = new ByteWriter()
  const check = { type: OpCode.check, request: { path: '/', version: -1 } } as const
  encodeMultiRequest(
    writer,
    Array.from({ length: 50_000 }, () => check),
  )
  client.packet(Buffer.concat([requestHeader.toBuffer({ xid: 77, type: OpCode.multi }), writer.concat()]))
  const multi = await simulation.runUntil(
    client.next((received) => received.kind === 'reply' && received.xid === 77),
    5000,
  )
  assert.equal(multi.kind === 'reply' ? multi.err : -1, 0)
  await serves(table)
})
