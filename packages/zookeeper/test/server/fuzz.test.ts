import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteWriter } from '@odradek/base'
import { SeededRandom, Simulation } from '@odradek/env-sim'
import {
  addWatchRequest,
  authPacket,
  createRequest,
  createTtlRequest,
  deleteRequest,
  encodeMultiRequest,
  getDataRequest,
  OpCode,
  requestHeader,
  setAclRequest,
  setDataRequest,
  setWatches2,
} from '@odradek/zookeeper-protocol'
import { RawClient } from '../support/raw-client.ts'
import { SimulatedServer } from '../support/simulated-server.ts'

const acl = [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }]
const types = [...Object.values(OpCode), 55, 2 ** 31 - 1]

/** A request as a client might send it. */
function goodRequest(random: SeededRandom, xid: number): Buffer {
  const writer = new ByteWriter()
  const path = ['/', '/a', '/a/b', '/a/b/c', '/zookeeper', '', '/a/'][random.integer(7)] as string
  const data = random.bytes(random.integer(40))
  const create = { path: `${path}/x${random.integer(9)}`, data, acl, flags: random.integer(8) }
  const bodies: (() => number)[] = [
    () => (createRequest.encode(writer, create), OpCode.create),
    () => (createTtlRequest.encode(writer, { ...create, ttl: BigInt(random.integer(1000)) }), OpCode.createTtl),
    () => (deleteRequest.encode(writer, { path, version: -1 }), OpCode.delete),
    () => (setDataRequest.encode(writer, { path, data, version: random.integer(3) - 1 }), OpCode.setData),
    () => (setAclRequest.encode(writer, { path, acl, version: -1 }), OpCode.setAcl),
    () => (getDataRequest.encode(writer, { path, watch: true }), OpCode.exists),
    () => (addWatchRequest.encode(writer, { path, mode: random.integer(3) }), OpCode.addWatch),
    () => (authPacket.encode(writer, { type: 0, scheme: 'digest', auth: data }), OpCode.auth),
    () => {
      const paths = [path, null, '/b']
      const watches = { relativeZxid: 0n, dataWatches: paths, existWatches: paths, childWatches: null }
      setWatches2.encode(writer, { ...watches, persistentWatches: paths, persistentRecursiveWatches: paths })
      return OpCode.setWatches2
    },
    () => {
      encodeMultiRequest(writer, [
        { type: OpCode.create, request: create },
        { type: OpCode.setData, request: { path, data, version: -1 } },
      ])
      return OpCode.multi
    },
  ]
  const type = (bodies[random.integer(bodies.length)] as () => number)()
  return Buffer.concat([requestHeader.toBuffer({ xid, type }), writer.concat()])
}

/** The same with something wrong, mostly. */
function packet(random: SeededRandom, xid: number): Buffer {
  const good = goodRequest(random, xid)
  switch (random.integer(6)) {
    case 0:
      return good
    case 1:
      return good.subarray(0, random.integer(good.length) + 1)
    case 2:
      return Buffer.concat([
        requestHeader.toBuffer({ xid, type: types[random.integer(types.length)] as number }),
        good.subarray(8),
      ])
    case 3:
      return Buffer.concat([
        requestHeader.toBuffer({ xid, type: types[random.integer(types.length)] as number }),
        random.bytes(random.integer(60)),
      ])
    default: {
      for (let count = 0; count < 3; count++) {
        const place = 4 + random.integer(good.length - 4)
        good[place] = random.integer(256)
      }
      return good
    }
  }
}

test('five thousand packets that are mostly wrong do the server no harm', async () => {
  const simulation = new Simulation({ seed: 'fuzz' })
  const server = new SimulatedServer(simulation, ['extendedTypesEnabled=true', 'maxSessionTimeout=20000'])
  await server.start()
  const random = new SeededRandom('packets')
  const connect = async (): Promise<RawClient> => {
    const client = await simulation.runUntil(RawClient.open(simulation.machine('client').env, 'server', 2181))
    client.connect()
    await simulation.runUntil(client.next(({ kind }) => kind === 'connected'))
    return client
  }
  const clients = [await connect(), await connect(), await connect()]
  let reconnects = 0
  for (let sent = 0; sent < 5000; sent += 20) {
    const index = random.integer(clients.length)
    const client = clients[index] as RawClient
    for (let count = 0; count < 20; count++) client.packet(packet(random, sent + count))
    await simulation.run(5)
    if (client.received.some(({ kind }) => kind === 'closed')) {
      reconnects++
      clients[index] = await connect()
    }
    client.received = []
  }
  assert.equal(server.failure, undefined)
  assert.ok(reconnects > 25, `${reconnects} connections were closed for what they sent`)
  // All sessions gone, nothing is left of them: no watch, no ephemeral node, no connection.
  for (const client of clients) client.close()
  await simulation.run(30_000)
  const monitor = await simulation.runUntil(RawClient.open(simulation.machine('client').env, 'server', 2181))
  monitor.command('mntr')
  await simulation.run(100)
  const text = monitor.received.flatMap((received) => (received.kind === 'text' ? [received.text] : [])).join('')
  assert.match(text, /zk_watch_count\t0\n/)
  assert.match(text, /zk_ephemerals_count\t0\n/)
  assert.match(text, /zk_global_sessions\t0\n/)
  assert.match(text, /zk_num_alive_connections\t1\n/)
  assert.match(text, /zk_outstanding_requests\t0\n/)
  // Every transaction has made of the tree what was foretold when it was prepared.
  assert.match(text, /zk_digest_mismatches_count\t0\n/)
})
