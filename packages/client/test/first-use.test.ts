// What somebody is told whose first program does not reach its cluster: the cause, the addresses, the next step; soon, and in the end.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import type { Env, Logger } from '@odradek/base'
import { Broker, parseBrokerConfig } from '@odradek/broker'
import { createNodeEnv } from '@odradek/env-node'
import { Simulation } from '@odradek/env-sim'
import { parseZooKeeperConfig, ZooKeeperServer } from '@odradek/zookeeper'
import { Producer } from '../src/index.ts'
import { explainFailure } from '../src/cluster/explain-failure.ts'
import type { ConnectionFailure, ConnectionPlan } from '../src/cluster/explain-failure.ts'
import type { ProducerConfigInput } from '../src/index.ts'
import { ClientWorld } from './client-world.ts'

const quiet = createNodeEnv({ log: { level: 'error' }, isLibrary: true })

/** How a first record to this address fails. */
async function firstError(servers: string, given: ProducerConfigInput = {}, env = quiet): Promise<Error> {
  const producer = new Producer(env, { 'bootstrap.servers': servers, 'max.block.ms': 300, ...given })
  try {
    await producer.send({ topic: 'orders', value: 'x' })
  } catch (error) {
    return error as Error
  } finally {
    await producer.close()
  }
  throw new Error('the record was written')
}

test('real sockets: nobody there, unknown hosts, an HTTP server', async () => {
  const http = createServer((_request, response) => void response.end('hello'))
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  try {
    const refused = await firstError('127.0.0.1:9,nowhere.invalid:9092')
    assert.match(
      refused.message,
      /within 300 ms from 127\.0\.0\.1:9, nowhere\.invalid:9092: .*(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)\).*check bootstrap\.servers/,
    )
    const { message } = await firstError(`127.0.0.1:${port}`)
    assert.equal(
      message,
      `127.0.0.1:${port}: an HTTP server answers there, no Kafka broker; check the port in bootstrap.servers`,
    )
    assert.match(
      (await firstError(`127.0.0.1:${port}`, { 'security.protocol': 'SSL' })).message,
      /: .*wrong.version.number \(ERR_SSL_WRONG_VERSION_NUMBER\); what listens there does not speak TLS: set security\.protocol=PLAINTEXT/i,
    )
  } finally {
    http.closeAllConnections()
    http.close()
  }
})

test('real servers: a ZooKeeper port, TLS and SASL for a listener without them, an address that nobody can reach', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'odradek-first-use-'))
  const zookeeper = new ZooKeeperServer(
    quiet,
    parseZooKeeperConfig(`dataDir=${folder}/zookeeper\nclientPort=0\nclientPortAddress=127.0.0.1\n`),
  )
  await zookeeper.start()
  const { env, portOf } = listening(quiet)
  const broker = new Broker(
    env,
    parseBrokerConfig({
      'broker.id': '1',
      listeners: 'INTERNAL://127.0.0.1:0,PLAINTEXT://127.0.0.1:0',
      'listener.security.protocol.map': 'INTERNAL:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      'inter.broker.listener.name': 'INTERNAL',
      'advertised.listeners': 'INTERNAL://127.0.0.1:0,PLAINTEXT://broker.invalid:9092',
      'log.dirs': `${folder}/kafka`,
      'zookeeper.connect': `127.0.0.1:${zookeeper.address.port}`,
    }),
  )
  await broker.start()
  const bootstrap = `127.0.0.1:${portOf()}`
  const login = { 'sasl.mechanism': 'PLAIN', 'sasl.username': 'ada', 'sasl.password': 's3cret' } as const
  try {
    const { message: zookeeperPort } = await firstError(`127.0.0.1:${zookeeper.address.port}`)
    assert.match(zookeeperPort, /closed the connection; what listens there may be no Kafka broker \(ZooKeeper has port/)
    const tls = await firstError(bootstrap, { 'security.protocol': 'SSL' })
    assert.match(tls.message, /a listener without TLS does this \(then set security\.protocol=PLAINTEXT\)/)
    const sasl = await firstError(bootstrap, { 'security.protocol': 'SASL_PLAINTEXT', ...login })
    assert.match(sasl.message, /the listener there does not want SASL: set security\.protocol=PLAINTEXT/)
    assert.equal((sasl as { code?: string }).code, 'AUTHENTICATION_FAILED')
    assert.doesNotMatch(`${sasl.message}${tls.message}`, /s3cret/)
    const advertised = await firstError(bootstrap, {
      'max.block.ms': 20_000,
      'delivery.timeout.ms': 2000,
      'request.timeout.ms': 500,
    })
    assert.match(
      advertised.message,
      /cannot connect to broker\.invalid:9092: .*; broker 1 says of itself that clients reach it there: if it runs, set its advertised\.listeners/,
    )
  } finally {
    await broker.shutdown()
    await zookeeper.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a listener that wants SASL, as Kafka has it: it tells its versions and closes at the next request', async () => {
  const world = await ClientWorld.start('first-use-sasl')
  const env = closingAfter(world.env, 1)
  const failing = firstError('broker-1:9092', { 'max.block.ms': 2000 }, env)
  assert.match(
    (await world.run(failing)).message,
    /closed the connection; a listener that wants SASL does this: then set security\.protocol=SASL_PLAINTEXT and sasl\.mechanism/,
  )
})

/** The same world, which tells the second port that was listened on. */
function listening(real: Env): { readonly env: Env; readonly portOf: () => number } {
  const ports: number[] = []
  const network: Env['network'] = {
    hostname: () => real.network.hostname(),
    connect: (options) => real.network.connect(options),
    listenHttp: (options, handler) => real.network.listenHttp(options, handler),
    listen: async (options, onConnection) => {
      const listener = await real.network.listen(options, onConnection)
      ports.push(listener.port)
      return listener
    },
  }
  return { env: { ...real, network }, portOf: () => ports[1] ?? 0 }
}

/** The same world, in which every connection ends when this many answers have come. */
function closingAfter(env: Env, answersMax: number): Env {
  return {
    ...env,
    network: {
      ...env.network,
      hostname: () => env.network.hostname(),
      connect: async (options) => {
        const connection = await env.network.connect(options)
        const handle = connection.handle.bind(connection)
        const write = connection.write.bind(connection)
        let answers = 0
        connection.write = (chunks) => {
          if (answers < answersMax) return write(chunks)
          connection.destroy()
          return true
        }
        connection.handle = (handler) =>
          handle({
            ...handler,
            onData: (chunk) => {
              answers++
              handler.onData(chunk)
            },
            onClose: (error) => handler.onClose(error),
          })
        return connection
      },
    },
  }
}

const plain: ConnectionPlan = { protocol: 'PLAINTEXT', address: 'a:1', advertisedBy: undefined }
const tls: ConnectionPlan = { ...plain, protocol: 'SSL' }
const closed: ConnectionFailure = { stage: 'versions', code: 'DISCONNECTED', message: 'broker a:1: closed' }

test('what TLS fails of is named with the key to change', () => {
  const tlsFailure = (code: string): ConnectionFailure => ({
    stage: 'connect',
    code: 'CANNOT_CONNECT',
    message: 'no TLS with a:1',
    cause: Object.assign(new Error('no'), { code }),
  })
  for (const [failure, plan, code, expected] of [
    [tlsFailure('SELF_SIGNED_CERT_IN_CHAIN'), tls, 'WRONG_LISTENER', /not believed: set ssl\.truststore\.location/],
    [tlsFailure('CERT_HAS_EXPIRED'), tls, 'WRONG_LISTENER', /needs a new certificate/],
    [tlsFailure('ERR_TLS_CERT_ALTNAME_INVALID'), tls, 'WRONG_LISTENER', /ssl\.endpoint\.identification\.algorithm/],
    [
      tlsFailure('ERR_TLS_CERT_ALTNAME_INVALID'),
      { ...tls, advertisedBy: 3 },
      'WRONG_LISTENER',
      /in its advertised\.listeners as its/,
    ],
    [tlsFailure('ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE'), tls, 'WRONG_LISTENER', /set ssl\.keystore\.location/],
    [tlsFailure('ECONNRESET'), { ...tls, protocol: 'SASL_SSL' }, 'CANNOT_CONNECT', /=SASL_PLAINTEXT\)/],
    [tlsFailure('ECONNREFUSED'), tls, 'CANNOT_CONNECT', /\(ECONNREFUSED\); check bootstrap\.servers/],
    [
      { ...closed, firstBytes: Buffer.from('15030300020246', 'hex') },
      plain,
      'WRONG_LISTENER',
      /speaks TLS, and this client does not; set security\.protocol=SSL, or SASL_SSL/,
    ],
    [closed, plain, 'DISCONNECTED', /or it wants TLS: set security\.protocol=SSL/],
    [closed, tls, 'DISCONNECTED', /may be no Kafka broker/],
    [{ ...closed, stage: 'first request' }, tls, 'DISCONNECTED', /set security\.protocol=SASL_SSL/],
  ] as const) {
    const error = explainFailure(failure, plan)
    assert.equal(error.code, code, error.message)
    assert.match(error.message, expected)
  }
})

test('who waits is told after three seconds what is tried and why it fails, then ever more seldom', async () => {
  const simulation = new Simulation({ seed: 'first-use' })
  const said: [number, string][] = []
  const { env } = simulation.machine('client')
  const log: Logger = {
    levels: env.log.levels,
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => void said.push([simulation.now, message]),
    error: () => undefined,
    isEnabled: () => true,
    child: () => log,
  }
  const servers = Array.from({ length: 8 }, (_, index) => `nowhere-${index}:9092`).join(',')
  const startMs = simulation.now
  const error = await simulation.runUntil(firstError(servers, { 'max.block.ms': 60_000 }, { ...env, log }))
  const times = said.map(([atMs]) => Math.round((atMs - startMs) / 1000))
  assert.deepEqual(times, [3, 9, 21, 45])
  assert.match(said[0]?.[1] ?? '', /^Still trying to reach the cluster: cannot connect to nowhere-\d:9092: no such/)
  // However many addresses there are, the line and the error stay short.
  for (const text of [said[1]?.[1] ?? '', error.message]) {
    assert.equal(text.split('no such machine').length - 1, 5)
    assert.match(text, /and 3 more/)
  }
})

test('an address that failed once is not told of when another one serves', async () => {
  const world = await ClientWorld.start('first-use-2')
  const warnings: string[] = []
  const { env } = world
  const log: Logger = { ...silent(env.log), warn: (message) => void warnings.push(message), child: () => log }
  const producer = new Producer({ ...env, log }, { 'bootstrap.servers': ['nowhere:1', 'broker-1:9092', 'nowhere:2'] })
  await world.run(producer.send({ topic: 'orders', value: 'x' }))
  await world.pass(20_000)
  assert.deepEqual(warnings, [])
  await world.run(producer.close())
})

function silent(log: Logger): Logger {
  const nothing = (): void => undefined
  return {
    levels: log.levels,
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    isEnabled: () => true,
    child: () => log,
  }
}
