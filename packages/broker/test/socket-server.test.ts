import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Connection } from '@odradek/base'
import { Simulation } from '@odradek/env-sim'
import fc from 'fast-check'
import type { ConnectionLimitSettings } from '../src/core/quota/connection-limits.ts'
import type { SocketServerOptions } from '../src/host/socket-server.ts'
import { SocketServer } from '../src/host/socket-server.ts'
import type { Dispatch } from '../src/host/socket/client-connection.ts'

const port = 9092

const defaults: SocketServerOptions = {
  listeners: [{ name: 'PLAINTEXT', securityProtocol: 'PLAINTEXT', host: '0.0.0.0', port, isInterBroker: false }],
  requestSizeBytesMax: 1024 * 1024,
  idleMsMax: 600_000,
  limits: limitsOf({}),
  rateWindow: { samples: 11, sampleMs: 1000 },
  waitingConnectionsMax: 1,
  requestBytesMax: -1,
}

function limitsOf(limits: Partial<ConnectionLimitSettings>): ConnectionLimitSettings {
  const none = Number.POSITIVE_INFINITY
  return {
    connectionsMax: none,
    creationRateMax: none,
    perAddressMax: none,
    perAddressOverrides: new Map(),
    listenerLimits: new Map(),
    protectedListener: undefined,
    creationRateOf: () => none,
    ...limits,
  }
}

/** A client that counts what it gets. */
interface TestClient {
  readonly connection: Connection
  readonly received: () => Buffer
  readonly isClosed: () => boolean
}

interface World {
  readonly simulation: Simulation
  readonly server: SocketServer
  readonly logged: string[]
  /** What /metrics shows. */
  metrics(): string
  connect(machine?: string): Promise<TestClient>
  /** Lets the world go on for so long. */
  pass(durationMs: number): Promise<void>
}

async function worldOf(dispatch: Dispatch, options: Partial<SocketServerOptions> = {}): Promise<World> {
  const logged: string[] = []
  const simulation = new Simulation({ seed: 1, print: (line) => logged.push(line) })
  const server = new SocketServer(simulation.machine('broker').env, { ...defaults, ...options }, dispatch)
  await simulation.runUntil(server.start())
  return {
    simulation,
    server,
    logged,
    metrics: () => simulation.machine('broker').env.metrics.render(),
    pass: (durationMs) => simulation.run(durationMs),
    connect: async (machine = 'client') => {
      const connection = await simulation.runUntil(
        simulation.machine(machine).env.network.connect({ host: 'broker', port }),
      )
      const chunks: Buffer[] = []
      let isClosed = false
      connection.handle({
        onData: (chunk) => chunks.push(chunk),
        onClose: () => {
          isClosed = true
        },
      })
      return { connection, received: () => Buffer.concat(chunks), isClosed: () => isClosed }
    },
  }
}

function frame(text: string): Buffer {
  const body = Buffer.from(text.padEnd(8, '.'))
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

/** Answers with what was asked. */
const echo: Dispatch = (request) => ({ outcome: [Buffer.from(request)], isPipelined: false })

/** Answers each request when the test says so, by its text. */
function manualDispatch(isPipelined: boolean) {
  const begun: string[] = []
  const answers = new Map<string, () => void>()
  const dispatch: Dispatch = (request) => {
    const text = request.toString()
    begun.push(text)
    const outcome = new Promise<Buffer[]>((resolve) => {
      answers.set(text, () => resolve([Buffer.from(text)]))
    })
    return { outcome, isPipelined }
  }
  return { begun, answer: (text: string) => answers.get(text)?.(), dispatch }
}

describe('answers', () => {
  it('come in the order of the requests though later ones are ready first', async () => {
    const manual = manualDispatch(true)
    const world = await worldOf(manual.dispatch)
    const client = await world.connect()
    client.connection.write([frame('first---'), frame('second--'), frame('third---')])
    await world.pass(1000)
    assert.deepEqual(manual.begun, ['first---', 'second--', 'third---'])
    manual.answer('third---')
    manual.answer('second--')
    await world.pass(1000)
    assert.equal(client.received().toString(), '')
    manual.answer('first---')
    await world.pass(1000)
    assert.equal(client.received().toString(), 'first---second--third---')
  })

  it('to requests that let nothing pass are given before the next request is begun', async () => {
    const manual = manualDispatch(false)
    const world = await worldOf(manual.dispatch)
    const client = await world.connect()
    client.connection.write([frame('first---'), frame('second--')])
    await world.pass(1000)
    assert.deepEqual(manual.begun, ['first---'])
    manual.answer('first---')
    await world.pass(1000)
    assert.deepEqual(manual.begun, ['first---', 'second--'])
  })

  it('that a client does not read stop the handling of its requests, not of others', async () => {
    const answer = Buffer.alloc(512 * 1024)
    let handled = 0
    const world = await worldOf((request) => {
      handled++
      return { outcome: request.toString().startsWith('large') ? [answer] : [request], isPipelined: false }
    })
    const slow = await world.connect('slow')
    slow.connection.pause()
    for (let count = 0; count < 200; count++) slow.connection.write([frame('large')])
    await world.pass(5000)
    assert.ok(handled < 100, `${handled} requests were handled for a client that reads nothing`)
    const other = await world.connect('other')
    other.connection.write([frame('hello')])
    await world.pass(1000)
    assert.equal(other.received().toString(), 'hello...')
    slow.connection.resume()
    await world.pass(120_000)
    assert.equal(slow.received().length, 200 * answer.length)
  })

  it('are not gathered in memory for a client that asks for many at once', async () => {
    const answer = Buffer.alloc(512 * 1024)
    let handled = 0
    const world = await worldOf(() => {
      handled++
      return { outcome: [answer], isPipelined: false }
    })
    const slow = await world.connect('slow')
    slow.connection.pause()
    slow.connection.write(Array.from({ length: 100 }, () => frame('large')))
    await world.pass(5000)
    assert.ok(handled < 20, `${handled} requests were handled for a client that reads nothing`)
    slow.connection.resume()
    await world.pass(120_000)
    assert.equal(slow.received().length, 100 * answer.length)
  })

  it('that are not ready five seconds after the client has closed its side are given up, and the connection with them', async () => {
    const manual = manualDispatch(false)
    const world = await worldOf(manual.dispatch)
    const { connection, isClosed } = await world.connect()
    connection.write([frame('never')])
    await world.pass(100)
    connection.end()
    await world.pass(4800)
    assert.equal(world.server.connectionCount, 1)
    await world.pass(400)
    assert.equal(world.server.connectionCount, 0)
    assert.equal(isClosed(), true)
  })

  it('are still given when the client closes its side first', async () => {
    const manual = manualDispatch(false)
    const world = await worldOf(manual.dispatch)
    const client = await world.connect()
    client.connection.write([frame('question')])
    client.connection.end()
    await world.pass(1000)
    manual.answer('question')
    await world.pass(1000)
    assert.equal(client.received().toString(), 'question')
    assert.equal(client.isClosed(), true)
  })

  it('end with the connection where the dispatcher says so', async () => {
    const world = await worldOf((request) =>
      request.toString().startsWith('bad')
        ? { outcome: 'close', isPipelined: false }
        : { outcome: [request], isPipelined: false },
    )
    const client = await world.connect()
    client.connection.write([frame('good'), frame('bad'), frame('never')])
    await world.pass(1000)
    assert.equal(client.received().toString(), 'good....')
    assert.equal(client.isClosed(), true)
  })
})

describe('what is not Kafka', () => {
  const cases: [name: string, bytes: Buffer, message: RegExp][] = [
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), /HTTP request/],
    ['a TLS hello', Buffer.from('16030100f8010000f40303', 'hex'), /TLS handshake.*PLAINTEXT/],
    ['a ZooKeeper command', Buffer.from('srvr'), /ZooKeeper command/],
    [
      'an oversized frame',
      Buffer.from('00200000', 'hex'),
      /2097152 bytes is above socket\.request\.max\.bytes=1048576/,
    ],
    ['a negative size', Buffer.from('ffffffff00', 'hex'), /-1 bytes cannot be/],
  ]
  for (const [name, bytes, message] of cases) {
    it(`is named in the log and closed: ${name}`, async () => {
      const world = await worldOf(echo)
      const client = await world.connect()
      client.connection.write([bytes])
      await world.pass(1000)
      assert.equal(client.isClosed(), true)
      assert.equal(world.logged.filter((line) => line.includes('Connection closed')).length, 1)
      assert.match(world.logged.find((line) => line.includes('Connection closed')) ?? '', message)
      const other = await world.connect()
      other.connection.write([frame('hello')])
      await world.pass(1000)
      assert.equal(other.received().toString(), 'hello...')
    })
  }

  it('is noted when it is a request that ends too early', async () => {
    const world = await worldOf(echo)
    const client = await world.connect()
    client.connection.write([frame('hello'), frame('truncated').subarray(0, 7)])
    client.connection.end()
    await world.pass(1000)
    assert.equal(client.received().toString(), 'hello...')
    assert.equal(client.isClosed(), true)
    const lines = world.logged.filter((line) => line.includes('middle of a request'))
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /after 3 of its 9 bytes/)
  })

  it('never stops the server, whatever the bytes', async () => {
    const world = await worldOf(echo)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), async (chunks) => {
        const client = await world.connect()
        for (const chunk of chunks) client.connection.write([Buffer.from(chunk)])
        await world.pass(50)
        client.connection.destroy()
        await world.pass(500)
        assert.equal(world.server.connectionCount, 0)
      }),
      { numRuns: 60 },
    )
    const client = await world.connect()
    client.connection.write([frame('hello')])
    await world.pass(1000)
    assert.equal(client.received().toString(), 'hello...')
  })
})

describe('limits', () => {
  it('close connections above max.connections.per.ip and say so', async () => {
    const world = await worldOf(echo, { limits: limitsOf({ perAddressMax: 2 }) })
    const clients = [await world.connect(), await world.connect(), await world.connect()]
    await world.pass(1000)
    assert.deepEqual(
      clients.map(({ isClosed }) => isClosed()),
      [false, false, true],
    )
    assert.ok(world.logged.some((line) => line.includes('max.connections.per.ip=2')))
    clients[0]?.connection.end()
    await world.pass(1000)
    const next = await world.connect()
    await world.pass(1000)
    assert.equal(next.isClosed(), false)
  })

  it('let connections above max.connections wait until another ends, and close those above the backlog', async () => {
    const world = await worldOf(echo, { limits: limitsOf({ connectionsMax: 1 }) })
    const first = await world.connect('one')
    const second = await world.connect('two')
    second.connection.write([frame('two')])
    const third = await world.connect('three')
    await world.pass(1000)
    assert.deepEqual([second.isClosed(), third.isClosed()], [false, true])
    assert.equal(second.received().toString(), '')
    first.connection.end()
    await world.pass(1000)
    assert.match(second.received().toString(), /^two/)
  })

  it('hold new connections back at max.connection.creation.rate, and a listener at its own', async () => {
    const listenerLimits = new Map([['PLAINTEXT', { maxConnectionCreationRate: 1 }]])
    for (const limits of [limitsOf({ creationRateMax: 1 }), limitsOf({ listenerLimits })]) {
      const world = await worldOf(echo, { limits })
      const clients: TestClient[] = []
      for (let index = 0; index < 12; index++) clients.push(await world.connect())
      for (const client of clients) client.connection.write([frame('x')])
      await world.pass(500)
      assert.equal(clients.filter((client) => client.received().length === 0).length, 2)
      await world.pass(10_000)
      assert.equal(clients.filter((client) => client.received().length === 0).length, 0)
    }
  })

  it('close what an address opens above its connection_creation_rate, after a while', async () => {
    const world = await worldOf(echo, { limits: limitsOf({ creationRateOf: () => 0.1 }) })
    const clients = [await world.connect('two'), await world.connect('two')]
    await world.pass(500)
    assert.deepEqual(
      clients.map(({ isClosed }) => isClosed()),
      [false, false],
    )
    await world.pass(30_000)
    assert.deepEqual(
      clients.map(({ isClosed }) => isClosed()),
      [false, true],
    )
  })

  it('hold back large requests that begin to come while others fill the memory, until there is room', async () => {
    const manual = manualDispatch(true)
    const world = await worldOf(manual.dispatch, { requestBytesMax: 300_000 })
    const heldBytes = (): number => Number(/^odradek_socketserver_request_bytes (\d+)$/m.exec(world.metrics())?.[1])
    const clients: TestClient[] = []
    const texts = Array.from({ length: 10 }, (_, index) => `${index}-`.padEnd(200_000, 'x'))
    for (const text of texts) {
      const client = await world.connect()
      clients.push(client)
      client.connection.write([frame(text).subarray(0, 150_000)])
      await world.pass(100)
    }
    assert.ok(heldBytes() <= 400_000, `${heldBytes()} bytes are held`)
    for (const [index, client] of clients.entries()) {
      client.connection.write([frame(texts[index] ?? '').subarray(150_000)])
    }
    await world.pass(1000)
    assert.ok(manual.begun.length <= 2, `${manual.begun.length} requests were read`)
    for (let answered = 0; answered < texts.length; answered++) {
      manual.answer(manual.begun[answered] ?? '')
      await world.pass(5000)
      assert.ok(heldBytes() <= 400_000, `${heldBytes()} bytes are held`)
    }
    assert.equal(manual.begun.length, texts.length)
    assert.equal(heldBytes(), 0)
  })

  it('give back what was held for a request whose client goes away', async () => {
    const world = await worldOf(echo, { requestBytesMax: 300_000 })
    const clients = [await world.connect(), await world.connect(), await world.connect()]
    for (const { connection } of clients) connection.write([frame('x'.repeat(200_000)).subarray(0, 100_000)])
    await world.pass(1000)
    for (const { connection } of clients) connection.destroy()
    await world.pass(1000)
    assert.match(world.metrics(), /^odradek_socketserver_request_bytes 0$/m)
  })

  it('of all connections leave the listener of the brokers alone', async () => {
    const listenerOf = (name: string, listenerPort: number, isInterBroker: boolean) => {
      return { name, securityProtocol: 'PLAINTEXT' as const, host: '0.0.0.0', port: listenerPort, isInterBroker }
    }
    const world = await worldOf(echo, {
      limits: limitsOf({ connectionsMax: 1, protectedListener: 'BROKERS' }),
      listeners: [listenerOf('CLIENTS', 9093, false), listenerOf('BROKERS', port, true)],
    })
    const clients = [await world.connect('one'), await world.connect('two')]
    await world.pass(1000)
    assert.deepEqual(
      clients.map(({ isClosed }) => isClosed()),
      [false, false],
    )
  })

  it('close connections that are idle for connections.max.idle.ms, but none whose request is being handled', async () => {
    const manual = manualDispatch(false)
    const world = await worldOf(manual.dispatch, { idleMsMax: 10_000 })
    const idle = await world.connect()
    const waiting = await world.connect()
    waiting.connection.write([frame('question')])
    await world.pass(30_000)
    assert.equal(idle.isClosed(), true)
    assert.equal(waiting.isClosed(), false)
    manual.answer('question')
    await world.pass(30_000)
    assert.equal(waiting.received().toString(), 'question')
    assert.equal(waiting.isClosed(), true)
  })

  it('stop reading while requests hold more memory than they may', async () => {
    const manual = manualDispatch(true)
    const world = await worldOf(manual.dispatch, { requestBytesMax: 20_000 })
    const client = await world.connect()
    const texts = Array.from({ length: 40 }, (_, index) => `${index}-`.padEnd(1000, 'x'))
    for (const text of texts) {
      client.connection.write([frame(text)])
      await world.pass(100)
    }
    assert.ok(manual.begun.length < 40, `${manual.begun.length} requests were begun`)
    for (const text of texts) {
      manual.answer(text)
      await world.pass(100)
    }
    await world.pass(1000)
    assert.equal(manual.begun.length, 40)
  })
})

describe('listeners', () => {
  it('that ask for security that there is not are refused with a sentence', async () => {
    const simulation = new Simulation({ seed: 1 })
    const listeners = [
      { name: 'SECURE', securityProtocol: 'SSL' as const, host: '0.0.0.0', port, isInterBroker: false },
    ]
    const server = new SocketServer(simulation.machine('broker').env, { ...defaults, listeners }, echo)
    await assert.rejects(server.start(), /Listener SECURE asks for SSL.*listener\.security\.protocol\.map/)
  })
})

describe('closing', () => {
  it('sends the answers that are ready and ends every connection', async () => {
    const world = await worldOf(echo)
    const client = await world.connect()
    client.connection.write([frame('hello')])
    await world.pass(1000)
    await world.simulation.runUntil(world.server.close())
    await world.pass(1000)
    assert.equal(client.received().toString(), 'hello...')
    assert.equal(client.isClosed(), true)
    await assert.rejects(world.connect())
  })
})
