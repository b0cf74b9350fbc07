import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandom, Simulation } from '@odradek/env-sim'
import { hostilePacket } from '../support/hostile-packets.ts'
import { RawClient } from '../support/raw-client.ts'
import { SimulatedServer } from '../support/simulated-server.ts'

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
    for (let count = 0; count < 20; count++) client.packet(hostilePacket(random, sent + count))
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
