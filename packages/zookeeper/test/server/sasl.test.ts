// SASL DIGEST-MD5, and the demand for it, packet by packet.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteReader } from '@odradek/base'
import { Simulation } from '@odradek/env-sim'
import {
  DigestMd5Client,
  getSaslRequest,
  OpCode,
  setSaslResponse,
  whoAmIResponse,
  ZooKeeperErrorCode,
} from '@odradek/zookeeper-protocol'
import { noBody } from '../../src/operations/operation.ts'
import { RawClient } from '../support/raw-client.ts'
import { SimulatedServer } from '../support/simulated-server.ts'

const module = 'org.apache.zookeeper.server.auth.DigestLoginModule'
const jaas = `Server { ${module} required user_bob="builder" user_super="x"; }; Other { ${module} required user_eve="1"; };`
const lines = ['java.security.auth.login.config=jaas.conf']

class World {
  readonly simulation = new Simulation({ seed: 'sasl' })
  readonly server: SimulatedServer

  constructor(configLines: readonly string[], file = jaas) {
    this.server = new SimulatedServer(this.simulation, configLines)
    this.server.machine.env.disk.writeFileAtomicSync('jaas.conf', Buffer.from(file))
  }

  async client(): Promise<RawClient> {
    const { env } = this.simulation.machine('client')
    const client = await this.simulation.runUntil(RawClient.open(env, 'server', 2181))
    client.connect()
    await this.simulation.runUntil(client.next(({ kind }) => kind === 'connected'))
    return client
  }

  /** Sends one token and gives back the error and the token of the answer. */
  async exchange(client: RawClient, token: Buffer): Promise<{ err: number; token: Buffer | null }> {
    const { err, body } = await this.simulation.runUntil(client.call(OpCode.sasl, getSaslRequest, { token }))
    return { err, token: err === 0 ? setSaslResponse.decode(new ByteReader(body)).token : null }
  }

  /** The whole exchange; the error of its last answer. */
  async authenticate(client: RawClient, user: string, password: string): Promise<number> {
    const exchange = new DigestMd5Client({ user, password, cnonce: 'c' })
    const challenge = await this.exchange(client, exchange.initialToken)
    const { err, token } = await this.exchange(client, exchange.evaluate(challenge.token as Buffer) as Buffer)
    if (token !== null) assert.equal(exchange.evaluate(token), undefined)
    return err
  }

  async whoAmI(client: RawClient): Promise<{ err: number; schemes: string[] }> {
    const { err, body } = await this.simulation.runUntil(client.call(OpCode.whoAmI, noBody, undefined))
    const { clientInfo } = err === 0 ? whoAmIResponse.decode(new ByteReader(body)) : { clientInfo: [] }
    return { err, schemes: (clientInfo ?? []).map(({ authScheme, user }) => `${authScheme}:${user}`) }
  }

  async isClosed(client: RawClient): Promise<boolean> {
    await this.simulation.run(100)
    return client.received.some(({ kind }) => kind === 'closed')
  }
}

async function worldWith(configLines: readonly string[]): Promise<World> {
  const world = new World(configLines)
  await world.server.start()
  return world
}

test('a user of the JAAS file is known after the exchange', async () => {
  const world = await worldWith(lines)
  const client = await world.client()
  assert.equal(await world.authenticate(client, 'bob', 'builder'), 0)
  assert.deepEqual((await world.whoAmI(client)).schemes.slice(1), ['sasl:bob'])
})

test('a wrong password, another section’s user, and a second exchange are refused, and the connection closed', async () => {
  const world = await worldWith(lines)
  for (const [user, password] of [
    ['bob', 'wrong'],
    ['eve', '1'],
  ] as const) {
    const client = await world.client()
    assert.equal(await world.authenticate(client, user, password), ZooKeeperErrorCode.AUTH_FAILED)
    assert.equal(await world.isClosed(client), true)
  }
  const client = await world.client()
  assert.equal(await world.authenticate(client, 'bob', 'builder'), 0)
  assert.equal((await world.exchange(client, Buffer.alloc(0))).err, ZooKeeperErrorCode.AUTH_FAILED)
})

test('allowSaslFailedClients keeps whoever fails, as nobody', async () => {
  const world = await worldWith([...lines, 'allowSaslFailedClients=true'])
  const client = await world.client()
  assert.equal(await world.authenticate(client, 'bob', 'wrong'), 0)
  assert.deepEqual((await world.whoAmI(client)).schemes.length, 1)
})

test('super users: by name, and by a password of their own', async () => {
  const world = await worldWith([...lines, 'zookeeper.superUser=bob', 'SASLAuthenticationProvider.superPassword=y'])
  const bob = await world.client()
  await world.authenticate(bob, 'bob', 'builder')
  assert.deepEqual((await world.whoAmI(bob)).schemes.slice(1), ['sasl:bob', 'super:'])
  const other = await world.client()
  assert.equal(await world.authenticate(other, 'super', 'y'), 0)
  assert.deepEqual((await world.whoAmI(other)).schemes.slice(1), ['sasl:super'])
})

test('where authentication is asked for, nothing else is taken before it', async () => {
  const provider = 'authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider'
  const world = await worldWith([...lines, provider, 'enforce.auth.enabled=true', 'enforce.auth.schemes=sasl'])
  const nobody = await world.client()
  assert.equal((await world.whoAmI(nobody)).err, ZooKeeperErrorCode.SESSION_CLOSED_REQUIRE_SASL_AUTH)
  assert.equal(await world.isClosed(nobody), true)
  const wrong = await world.client()
  const err = await world.authenticate(wrong, 'bob', 'wrong')
  assert.equal(err, ZooKeeperErrorCode.SESSION_CLOSED_REQUIRE_SASL_AUTH)
  const bob = await world.client()
  await world.authenticate(bob, 'bob', 'builder')
  assert.equal((await world.whoAmI(bob)).err, 0)
})

test('a JAAS file that cannot be used stops the start', async () => {
  const stops = async (configLines: readonly string[], file: string, message: RegExp): Promise<void> =>
    assert.rejects(new World(configLines, file).server.start(), { name: 'SaslUsersError', message })
  await stops(['java.security.auth.login.config=none.conf'], '', /none\.conf .*cannot be read/)
  await stops(lines, 'Client { a.B required; };', /has no section Server/)
  await stops(lines, 'Server { a.B required; };', /names a\.B; only org\.apache/)
  await stops(lines, 'Server {', /line 1: the text ends/)
})
