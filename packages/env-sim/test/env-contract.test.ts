// What every component may rely on, held against both implementations of the ports.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, describe, test } from 'node:test'
import type { Connection, Env } from '@odradek/base'
import { createNodeEnv } from '@odradek/env-node'
import { Simulation } from '@odradek/env-sim'

interface World {
  readonly env: Env
  /** A directory of its own. */
  readonly directory: string
  /** Waits for the promise, letting time go on. */
  readonly run: <T>(promise: Promise<T>) => Promise<T>
  readonly fetch: (request: Request) => Promise<Response>
}

function nodeWorld(): World {
  const directory = mkdtempSync(`${tmpdir()}/odradek-env-`)
  after(() => rmSync(directory, { recursive: true, force: true }))
  return { env: createNodeEnv(), directory, run: (promise) => promise, fetch: (request) => fetch(request) }
}

function simulatedWorld(): World {
  const simulation = new Simulation({ seed: 'contract' })
  const machine = simulation.machine('one')
  machine.env.disk.makeDirectorySync('/data')
  return {
    env: machine.env,
    directory: '/data',
    run: (promise) => simulation.runUntil(promise),
    fetch: (request) => machine.fetch(request),
  }
}

interface Side {
  readonly connection: Connection
  readonly received: Buffer[]
  readonly closed: Promise<Error | undefined>
  text(): string
}

/** Handles a connection by keeping what comes; `ended` takes the place of closing in return. */
function collect(connection: Connection, onData: (chunk: Buffer) => void = () => {}, onEnd?: () => void): Side {
  const received: Buffer[] = []
  const { promise: closed, resolve } = Promise.withResolvers<Error | undefined>()
  const handleData = (chunk: Buffer): void => {
    received.push(chunk)
    onData(chunk)
  }
  connection.handle({ onData: handleData, onClose: resolve, ...(onEnd === undefined ? {} : { onEnd }) })
  return { connection, received, closed, text: () => Buffer.concat(received).toString() }
}

const local = { host: '127.0.0.1', port: 0 }

for (const [name, makeWorld] of Object.entries({ 'env-node': nodeWorld, 'env-sim': simulatedWorld })) {
  describe(name, () => {
    networkContract(makeWorld())
    diskContract(makeWorld())
    timeContract(makeWorld())
  })
}

function networkContract({ env, run, fetch }: World): void {
  const connect = async (accept: (connection: Connection) => void): Promise<Connection> => {
    const listener = await env.network.listen(local, accept)
    const connection = await env.network.connect({ host: '127.0.0.1', port: listener.port, timeoutMs: 10_000 })
    await listener.close()
    return connection
  }

  test('bytes arrive once and in order, both ways, and both sides close in good order', async () => {
    const whole = Buffer.alloc(3_000_000, 'abcdefghijk')
    let server: Side | undefined
    const client = await run(
      connect((connection) => (server = collect(connection, (chunk) => connection.write([chunk])))).then(
        (connection) => {
          const side = collect(connection, () => {
            if (Buffer.concat(side.received).length === whole.length) connection.end()
          })
          connection.write([whole.subarray(0, 10), whole.subarray(10, 20)])
          connection.write([whole.subarray(20)])
          return side
        },
      ),
    )
    assert.equal(await run(client.closed), undefined)
    assert.ok(server !== undefined)
    assert.equal(await run(server.closed), undefined)
    assert.ok(Buffer.concat(client.received).equals(whole))
  })

  test('bytes go where the owner wants them, as much at a time as fits', async () => {
    const whole = Buffer.alloc(100_000, 'abcdefghijk')
    const received: Buffer[] = []
    let target = Buffer.alloc(0)
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const accept = (connection: Connection): void =>
      connection.handle({
        readTarget: () => (target = Buffer.alloc(1000)),
        onData: (chunk) => {
          assert.equal(chunk.buffer, target.buffer)
          received.push(chunk)
        },
        onClose: () => resolve(),
      })
    await run(
      connect(accept).then((connection) => {
        collect(connection)
        connection.write([whole])
        connection.end()
      }),
    )
    await run(closed)
    assert.ok(received.every((chunk) => chunk.length <= 1000))
    assert.ok(Buffer.concat(received).equals(whole))
  })

  test('what was written before `end` is received, and the other side may still answer', async () => {
    const accept = (connection: Connection): void => {
      const side = collect(connection, undefined, () => {
        connection.write([Buffer.from(`got ${side.text()}`)])
        connection.end()
      })
    }
    const client = await run(
      connect(accept).then((connection) => {
        const side = collect(connection)
        connection.write([Buffer.from('last words')])
        connection.end()
        return side
      }),
    )
    assert.equal(await run(client.closed), undefined)
    assert.equal(client.text(), 'got last words')
  })

  test('a paused side gets nothing, the writer is told to wait, and resuming gets everything', async () => {
    const total = 8_000_000
    let accepted: Side | undefined
    let drained = 0
    const client = await run(
      connect((connection) => {
        connection.pause()
        accepted = collect(connection)
        connection.pause()
      }).then((connection) => {
        const { promise: closed, resolve } = Promise.withResolvers<void>()
        connection.handle({
          onData: () => {},
          onDrain: () => {
            drained++
            connection.end()
          },
          onClose: () => resolve(),
        })
        return { connection, closed }
      }),
    )
    assert.equal(client.connection.write([Buffer.alloc(total)]), false)
    assert.ok(client.connection.pendingBytes > 0)
    await run(new Promise<void>((resolve) => env.timers.after(20, resolve)))
    assert.ok(accepted !== undefined)
    assert.equal(accepted.received.length, 0)
    assert.equal(drained, 0)
    accepted.connection.resume()
    await run(client.closed)
    assert.equal(Buffer.concat(accepted.received).length, total)
    assert.equal(drained, 1)
  })

  test('`destroy` ends both sides, from a turn of its own, and later writes are ignored', async () => {
    let accepted: Side | undefined
    const client = await run(
      connect((connection) => (accepted = collect(connection))).then((connection) => collect(connection)),
    )
    let isClosed = false
    void client.closed.then(() => (isClosed = true))
    client.connection.destroy()
    assert.equal(isClosed, false)
    assert.equal(client.connection.write([Buffer.from('too late')]), false)
    await run(client.closed)
    assert.ok(accepted !== undefined)
    await run(accepted.closed)
    assert.equal(accepted.text(), '')
  })

  test('errors name the address and have a code', async () => {
    const listener = await run(env.network.listen(local, () => {}))
    const taken = { host: '127.0.0.1', port: listener.port }
    await assert.rejects(run(env.network.listen(taken, () => {})), {
      code: 'ADDRESS_IN_USE',
      message: new RegExp(`127.0.0.1:${listener.port}`),
    })
    await run(listener.close())
    await assert.rejects(run(env.network.connect(taken)), { name: 'NetworkError', code: 'CONNECTION_REFUSED' })
    await assert.rejects(run(env.network.connect({ host: 'no-such-host.invalid', port: 1 })), { code: 'HOST_UNKNOWN' })
    const again = await run(env.network.listen(taken, () => {}))
    assert.equal(again.port, taken.port)
    await run(again.close())
  })

  test('an HTTP handler gets requests and answers them; one that throws answers 500', async () => {
    const listener = await run(
      env.network.listenHttp(local, async (request) => {
        const { pathname } = new URL(request.url)
        if (pathname === '/throws') throw new Error('a secret')
        return new Response(`${request.method} ${pathname} ${await request.text()}`, {
          status: 201,
          headers: { 'x-test': 'yes' },
        })
      }),
    )
    const base = `http://127.0.0.1:${listener.port}`
    const answer = await run(fetch(new Request(`${base}/path`, { method: 'POST', body: 'body' })))
    assert.equal(answer.status, 201)
    assert.equal(answer.headers.get('x-test'), 'yes')
    assert.equal(await answer.text(), 'POST /path body')
    const failed = await run(fetch(new Request(`${base}/throws`)))
    assert.equal(failed.status, 500)
    assert.doesNotMatch(await failed.text(), /secret/)
    await run(listener.close())
  })
}

function diskContract({ env: { disk }, directory, run }: World): void {
  const read = (path: string): string => disk.readFileSync(path).toString()

  test('files keep what is written where it is written', async () => {
    const path = `${directory}/a`
    const file = disk.openSync(path, 'create')
    file.writeSync([Buffer.from('0123456789')], 0)
    file.writeSync([Buffer.from('ab'), Buffer.alloc(0), Buffer.from('cd')], 4)
    await run(file.write([Buffer.from('x'), Buffer.from('y')], 10))
    await run(file.sync())
    assert.equal(file.sizeBytes(), 12)
    assert.equal(read(path), '0123abcd89xy')
    const target = Buffer.alloc(6, '.')
    assert.equal(file.readSync(target, 1, 5, 9), 3)
    assert.equal(target.toString(), '.9xy..')
    assert.equal(await run(file.read(target, 0, 6, 6)), 6)
    assert.equal(target.toString(), 'cd89xy')
    assert.equal(file.readSync(target, 0, 6, 100), 0)
    file.closeSync()
    assert.throws(() => file.sizeBytes(), { name: 'DiskError', code: 'CLOSED' })
  })

  test('a write may have thousands of chunks', () => {
    const path = `${directory}/chunks`
    const chunks = Array.from({ length: 3000 }, (_, index) => Buffer.from(`${index},`))
    const file = disk.openSync(path, 'write')
    file.writeSync(chunks, 0)
    file.closeSync()
    assert.equal(read(path), Buffer.concat(chunks).toString())
  })

  test('files are cut and extended with zeros', () => {
    const file = disk.openSync(`${directory}/sized`, 'write')
    file.writeSync([Buffer.alloc(10_000, 1)], 0)
    file.truncateSync(5)
    file.extendSync(3)
    assert.equal(file.sizeBytes(), 5)
    file.extendSync(9)
    file.syncSync()
    file.writeSync([Buffer.from([7])], 5000)
    assert.equal(disk.readFileSync(file.path).toString('hex', 0, 10), '01010101010000000000')
    assert.equal(disk.statusSync(file.path)?.sizeBytes, 5001)
    file.closeSync()
  })

  test('open modes', () => {
    const path = `${directory}/mode`
    assert.throws(() => disk.openSync(path, 'read'), { code: 'NOT_FOUND', message: /mode/ })
    disk.openSync(path, 'write').closeSync()
    assert.throws(() => disk.openSync(path, 'create'), { code: 'EXISTS' })
    disk.writeFileAtomicSync(path, Buffer.from('content'))
    const reader = disk.openSync(path, 'read')
    assert.throws(() => reader.writeSync([Buffer.from('x')], 0), { name: 'DiskError' })
    reader.closeSync()
    disk.openSync(path, 'write').closeSync()
    assert.equal(read(path), 'content')
    disk.openSync(path, 'truncate').closeSync()
    assert.equal(read(path), '')
    assert.throws(() => disk.openSync(directory, 'write'), { code: 'IS_A_DIRECTORY' })
    assert.throws(() => disk.openSync(`${directory}/none/x`, 'write'), { code: 'NOT_FOUND' })
  })

  test('directories', () => {
    const top = `${directory}/top`
    disk.makeDirectorySync(`${top}/b/c`)
    disk.makeDirectorySync(`${top}/b`)
    disk.writeFileAtomicSync(`${top}/a`, Buffer.from('1'))
    disk.writeFileAtomicSync(`${top}/b/c/deep`, Buffer.from('2'))
    assert.deepEqual(disk.listSync(top), ['a', 'b'])
    assert.equal(disk.statusSync(`${top}/b`)?.kind, 'directory')
    assert.equal(disk.statusSync(`${top}/a`)?.kind, 'file')
    assert.equal(disk.statusSync(`${top}/none`), undefined)
    assert.equal(disk.statusSync(`${top}/a/below`), undefined)
    disk.renameSync(`${top}/b`, `${top}/z`)
    disk.renameSync(`${top}/z/c/deep`, `${top}/a`)
    disk.syncDirectorySync(top)
    assert.equal(read(`${top}/a`), '2')
    assert.throws(() => disk.listSync(`${top}/b`), { code: 'NOT_FOUND' })
    assert.throws(() => disk.removeFileSync(`${top}/b`), { code: 'NOT_FOUND' })
    disk.removeFileSync(`${top}/a`)
    disk.removeTreeSync(top)
    disk.removeTreeSync(top)
    assert.equal(disk.statusSync(top), undefined)
    assert.ok(disk.freeBytesSync(directory) > 0)
    assert.ok(disk.totalBytesSync(directory) >= disk.freeBytesSync(directory))
  })

  test('trees are removed and directories synced beside other work', async () => {
    const top = `${directory}/beside`
    disk.makeDirectorySync(`${top}/b`)
    disk.writeFileAtomicSync(`${top}/b/c`, Buffer.from('1'))
    await run(disk.syncDirectory(top))
    await assert.rejects(run(disk.syncDirectory(`${top}/none`)), { name: 'DiskError', code: 'NOT_FOUND' })
    await run(disk.removeTree(`${top}/b/c`))
    assert.deepEqual(disk.listSync(`${top}/b`), [])
    await run(disk.removeTree(top))
    await run(disk.removeTree(top))
    assert.equal(disk.statusSync(top), undefined)
  })

  test('a lock is held until it is released', () => {
    const path = `${directory}/.lock`
    const lock = disk.lockSync(path)
    assert.equal(disk.statusSync(path)?.kind, 'file')
    assert.throws(() => disk.lockSync(path), { name: 'DiskError', code: 'LOCKED', message: /\.lock/ })
    lock.release()
    const again = disk.lockSync(path)
    lock.release()
    assert.throws(() => disk.lockSync(path), { code: 'LOCKED' })
    again.release()
  })
}

function timeContract({ env: { timers, clock, random }, run }: World): void {
  test('timers run in the order of their times, not before them, and not when cancelled', async () => {
    const ran: string[] = []
    const start = clock.monotonicMs()
    timers.after(5, () => ran.push('never')).cancel()
    timers.endOfTurn(() => ran.push('end of turn'))
    timers.after(-1, () => ran.push('past'))
    await run(
      new Promise<void>((resolve) => {
        timers.after(8.5, resolve)
        timers.after(4, () => ran.push('four'))
      }),
    )
    assert.ok(clock.monotonicMs() - start >= 8.5)
    assert.deepEqual(ran.toSorted(), ['end of turn', 'four', 'past'])
    assert.ok(clock.wallMs() > Date.UTC(2026, 0, 1) - 1000)
    assert.ok(Number.isInteger(clock.wallMs()))
  })

  test('chance is spread over its range', () => {
    const generator = random.fork('test')
    const counts = new Uint32Array(7)
    for (let index = 0; index < 7000; index++) counts[generator.integer(7)]!++
    for (const count of counts) assert.ok(count > 800 && count < 1200, String(counts))
    const floats = Array.from({ length: 1000 }, () => generator.float())
    assert.ok(floats.every((value) => value >= 0 && value < 1))
    const mean = floats.reduce((sum, value) => sum + value, 0) / floats.length
    assert.ok(mean > 0.4 && mean < 0.6)
    assert.equal(generator.bytes(33).length, 33)
  })
}
