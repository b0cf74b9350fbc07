import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import { RawClient } from '../support/raw-client.ts'
import { SimulatedServer } from '../support/simulated-server.ts'

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

test('connections and new sessions have limits, where they are set', async () => {
  assert.equal(await sessionsOfFive([]), 5)
  assert.equal(await sessionsOfFive(['maxClientCnxns=3']), 3)
  assert.equal(await sessionsOfFive(['maxCnxns=4']), 4)
  assert.equal(await sessionsOfFive(['connection_throttle_tokens=2', 'connection_throttle_fill_time=60000']), 2)
})
