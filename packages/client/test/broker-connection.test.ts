// One side is the client, the other a peer that answers frames as each test says.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteReader, ByteWriter } from '@odradek/base'
import type { Connection } from '@odradek/base'
import { Simulation } from '@odradek/env-sim'
import type { SimulatedMachine } from '@odradek/env-sim'
import { ErrorCode, requestHeader, responseHeader } from '@odradek/kafka-protocol'
import type { Input, Message } from '@odradek/kafka-protocol'
import { apiVersionsRequest, apiVersionsResponse } from '@odradek/kafka-protocol/messages/18-api-versions'
import { produceRequest } from '@odradek/kafka-protocol/messages/00-produce'
import { findCoordinatorRequest, findCoordinatorResponse } from '@odradek/kafka-protocol/messages/10-find-coordinator'
import { BrokerConnection } from '../src/index.ts'

interface Asked {
  readonly apiKey: number
  readonly version: number
  readonly correlationId: number
  readonly clientId: string | null
  readonly body: ByteReader
  /** Sends a message as the answer to it. */
  answer<T>(message: Message<T>, version: number, value: Input<T>, headerVersion?: number): void
}

class Peer {
  readonly simulation = new Simulation({ seed: 'client' })
  readonly client: SimulatedMachine = this.simulation.machine('client')
  readonly server: SimulatedMachine = this.simulation.machine('server')
  readonly asked: Asked[] = []
  connection: Connection | undefined

  /** Connects; `onRequest` is called with each request as it comes. */
  async connect(onRequest: (asked: Asked) => void = () => {}): Promise<BrokerConnection> {
    const listening = this.server.env.network.listen({ host: '0.0.0.0', port: 9092 }, (connection) => {
      this.connection = connection
      let buffered = Buffer.alloc(0)
      connection.handle({
        onClose: () => {},
        onData: (chunk) => {
          buffered = Buffer.concat([buffered, chunk])
          while (buffered.length >= 4 && buffered.length >= 4 + buffered.readInt32BE(0)) {
            const size = buffered.readInt32BE(0)
            const asked = toAsked(connection, buffered.subarray(4, 4 + size))
            buffered = buffered.subarray(4 + size)
            this.asked.push(asked)
            onRequest(asked)
          }
        },
      })
    })
    await this.simulation.runUntil(listening)
    const options = { host: 'server', port: 9092, clientId: 'tester', requestTimeoutMs: 1000 }
    return this.simulation.runUntil(BrokerConnection.connect(this.client.env, options))
  }

  run<T>(promise: Promise<T>): Promise<T> {
    return this.simulation.runUntil(promise)
  }
}

function toAsked(connection: Connection, frame: Buffer): Asked {
  const body = new ByteReader(frame)
  const version = frame.readInt16BE(2)
  const { requestApiKey, correlationId, clientId } = requestHeader.decode(body, version >= 3 ? 2 : 1)
  return {
    apiKey: requestApiKey,
    version,
    correlationId,
    clientId,
    body,
    answer: (message, answerVersion, value, headerVersion = 0) => {
      const writer = new ByteWriter()
      const size = writer.placeholderInt32()
      responseHeader.encode(writer, { correlationId }, headerVersion)
      message.encode(writer, value, answerVersion)
      size.set(writer.sizeBytes - 4)
      connection.write(writer.finish())
    },
  }
}

const find = (connection: BrokerConnection, key: string): Promise<string> =>
  connection.send(findCoordinatorRequest, findCoordinatorResponse, 3, { key }).then(({ host }) => host)

test('requests go out at once and their answers come back in order', async () => {
  const peer = new Peer()
  const connection = await peer.connect()
  const answers = Promise.all(['a', 'b', 'c'].map((key) => find(connection, key)))
  assert.equal(connection.pendingCount, 3)
  await peer.simulation.run(500)
  assert.equal(peer.asked.length, 3)
  for (const asked of peer.asked) {
    assert.equal(asked.clientId, 'tester')
    const { key } = findCoordinatorRequest.decode(asked.body, asked.version)
    asked.answer(findCoordinatorResponse, 3, { host: `host of ${key}` }, 1)
  }
  assert.deepEqual(await peer.run(answers), ['host of a', 'host of b', 'host of c'])
})

const produce = (connection: BrokerConnection, sizeBytes: number): Promise<void> =>
  connection.sendOneWay(produceRequest, 9, {
    acks: 0,
    topicData: [{ name: 'orders', partitionData: [{ index: 0, records: Buffer.alloc(sizeBytes) }] }],
  })

test('a request without an answer is done with when the network has room for more, or fails with the connection', async () => {
  const peer = new Peer()
  const connection = await peer.connect()
  await peer.run(produce(connection, 100))
  await peer.simulation.run(500)
  peer.connection?.pause()
  const done: string[] = []
  const first = produce(connection, 500_000).then(() => done.push('first'))
  const second = produce(connection, 100_000).then(
    () => done.push('second'),
    ({ code }: { code: string }) => done.push(code),
  )
  await peer.simulation.run(500)
  assert.deepEqual(done, [])
  assert.ok(connection.pendingBytes > 0)
  peer.connection?.resume()
  await peer.run(first)
  assert.deepEqual([peer.asked.length >= 1, connection.pendingBytes], [true, 0])
  await peer.run(second)
  peer.connection?.pause()
  const third = produce(connection, 500_000).then(
    () => 'sent',
    ({ code }: { code: string }) => code,
  )
  await peer.simulation.run(500)
  peer.connection?.destroy()
  assert.equal(await peer.run(third), 'DISCONNECTED')
})

test('versions are negotiated, also with a broker that knows only older ones', async () => {
  const peer = new Peer()
  const connection = await peer.connect((asked) => {
    const apiKeys = [
      { apiKey: 18, minVersion: 0, maxVersion: 1 },
      { apiKey: 10, minVersion: 0, maxVersion: 2 },
    ]
    if (asked.version > 1) asked.answer(apiVersionsResponse, 0, { errorCode: ErrorCode.UNSUPPORTED_VERSION, apiKeys })
    else asked.answer(apiVersionsResponse, asked.version, { apiKeys })
  })
  await peer.run(connection.negotiate())
  assert.deepEqual(
    peer.asked.map(({ version }) => version),
    [apiVersionsRequest.maxVersion, 1],
  )
  assert.equal(connection.versionFor(findCoordinatorRequest), 2)
  assert.equal(connection.versionFor(findCoordinatorRequest, 1), 1)
  assert.equal(connection.versionFor(apiVersionsRequest), 1)
})

test('a version that only one side knows is an error that says so', async () => {
  const peer = new Peer()
  const connection = await peer.connect((asked) => {
    asked.answer(apiVersionsResponse, asked.version, { apiKeys: [{ apiKey: 10, minVersion: 90, maxVersion: 91 }] })
  })
  await peer.run(connection.negotiate())
  const message = /server:9092 knows 90 to 91 of FindCoordinatorRequest/
  assert.throws(() => connection.versionFor(findCoordinatorRequest), { code: 'UNSUPPORTED_VERSION', message })
  assert.throws(() => connection.versionFor(apiVersionsRequest), { code: 'UNSUPPORTED_VERSION', message: /knows none/ })
})

test('a request without an answer times out, and with it the connection and all that wait', async () => {
  const peer = new Peer()
  const connection = await peer.connect()
  const first = find(connection, 'a')
  await peer.simulation.run(400)
  const second = find(connection, 'b')
  const results = await peer.run(Promise.allSettled([first, second]))
  assert.ok(peer.simulation.now < 1500)
  for (const result of results) {
    assert.equal(result.status, 'rejected')
    assert.match(String(result.reason), /TIMED_OUT|no answer to FindCoordinatorRequest within 1000 ms/)
  }
  assert.equal(connection.isOpen, false)
  await assert.rejects(find(connection, 'c'), { name: 'ClientError', code: 'TIMED_OUT' })
})

test('a connection that ends, or is closed, rejects what waits and tells its listeners once', async () => {
  for (const end of [(peer: Peer) => peer.connection?.end(), (peer: Peer) => peer.server.crashProcess()]) {
    const peer = new Peer()
    const connection = await peer.connect(() => end(peer))
    const codes: string[] = []
    connection.onClose((error) => codes.push(error.code))
    await assert.rejects(peer.run(find(connection, 'a')), { code: 'DISCONNECTED', message: /server:9092/ })
    connection.close()
    await peer.simulation.run(100)
    assert.deepEqual(codes, ['DISCONNECTED'])
  }
})

test('what is no answer ends the connection', async () => {
  const bad: readonly [name: string, bytes: string][] = [
    ['another correlation id', '0000000900000063000000000000'],
    ['a truncated answer', '00000006000000000000'],
    ['a negative length', 'ffffffff'],
    ['a giant length', '7fffffff'],
    ['text', Buffer.from('HTTP/1.1 400 Bad Request').toString('hex')],
  ]
  for (const [name, bytes] of bad) {
    const peer = new Peer()
    const connection = await peer.connect(() => peer.connection?.write([Buffer.from(bytes, 'hex')]))
    await assert.rejects(peer.run(find(connection, 'a')), { code: 'BAD_RESPONSE' }, name)
    assert.equal(connection.isOpen, false)
  }
})

test('an answer that nobody asked for ends the connection', async () => {
  const peer = new Peer()
  const connection = await peer.connect()
  await peer.simulation.run(10)
  peer.connection?.write([Buffer.from('0000000400000000', 'hex')])
  await peer.simulation.run(500)
  assert.equal(connection.isOpen, false)
})

test('where nobody listens, connecting says so', async () => {
  const peer = new Peer()
  const options = { host: 'server', port: 1, clientId: 'tester' }
  const message = /server:1: nothing listens there/
  await assert.rejects(peer.run(BrokerConnection.connect(peer.client.env, options)), {
    code: 'CANNOT_CONNECT',
    message,
  })
})
