import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerConnection } from '@odradek/client'
import { ApiKey } from '@odradek/kafka-protocol'
import type { AnyApiHandler } from '../../src/handlers/any-api-handler.ts'
import { allHandlers } from '../../src/handlers/all.ts'
import { BROKER_PORT, ClusterWorld } from './cluster-world.ts'

/** A request as short as it can be, in each version; answered in any way, also with an error. */
async function askInEveryVersion(
  world: ClusterWorld,
  { request, response, minVersion, maxVersion }: AnyApiHandler,
): Promise<void> {
  const connection = await connect(world)
  for (let version = minVersion; version <= maxVersion; version++) {
    // Without acknowledgement there is no answer.
    await connection.send(request, response, version, request.apiKey === ApiKey.PRODUCE ? { acks: 1 } : {})
  }
  connection.close()
}

/** As soon as the broker listens. */
async function connect(world: ClusterWorld): Promise<BrokerConnection> {
  const { env } = world.simulation.machine('client')
  for (;;) {
    try {
      return await BrokerConnection.connect(env, { host: 'broker-1', port: BROKER_PORT, clientId: 'test' })
    } catch {
      await new Promise<void>((resolve) => env.timers.after(1, resolve))
    }
  }
}

test('every API is answered in every version, from the first moment on, without a fault of our own', async () => {
  const world = await ClusterWorld.withZooKeeper('every API')
  const askAll = (): Promise<unknown> => Promise.all(allHandlers.map((handler) => askInEveryVersion(world, handler)))
  const asked = askAll()
  await world.startBroker(1, { 'offsets.topic.replication.factor': '1' })
  await world.simulation.runUntil(asked)
  await world.simulation.runUntil(askAll())
  // Another is the controller.
  await world.startBroker(2)
  await world.stopBroker(1)
  const askedAgain = askAll()
  await world.startBroker(1)
  await world.simulation.runUntil(askedAgain)
  const cut = askAll().catch((error: unknown) => String(error))
  await world.pass(1)
  await world.stopBroker(1)
  assert.match(String(await world.simulation.runUntil(cut)), /closed the connection/)
  assert.deepEqual(
    world.logged.filter((line) => line.includes('for a reason of our own') || line.includes('could not be refused')),
    [],
  )
})
