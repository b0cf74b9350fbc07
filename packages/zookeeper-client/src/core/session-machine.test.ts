import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteReader, ByteWriter } from '@odradek/base'
import {
  connectRequest,
  encodeConnectResponse,
  getDataRequest,
  OpCode,
  replyHeader,
  requestHeader,
  setWatches,
  watcherEvent,
} from '@odradek/zookeeper-protocol'
import type { Call } from './call.ts'
import { Chroot } from './chroot.ts'
import { ServerRotation } from './server-rotation.ts'
import { SessionMachine } from './session-machine.ts'
import type { SessionEvent, SessionOutput } from './session-protocol.ts'

/** A session machine, the time, and what it said, as text. */
class Stage {
  readonly machine: SessionMachine<TitledCall>
  nowMs = 0
  sent: ByteReader[] = []

  constructor(hosts = ['one'], chroot = '', renewsSession = false) {
    this.machine = new SessionMachine({
      sessionTimeoutMs: 9000,
      servers: new ServerRotation(
        hosts.map((host) => ({ host, port: 1 })),
        () => 1,
      ),
      chroot: new Chroot(chroot),
      renewsSession,
    })
  }

  handle(event: SessionEvent<TitledCall>): string[] {
    return this.machine.handle(event, this.nowMs).map((output) => this.#describe(output))
  }

  /** Moves the time to the next deadline and says so to the machine. */
  next(): string[] {
    this.nowMs = this.machine.deadlineMs ?? Infinity
    return this.handle({ type: 'tick' })
  }

  attach(sessionId = 7n, timeOut = 6000): string[] {
    this.handle({ type: 'opened' })
    this.sent = []
    const writer = new ByteWriter()
    encodeConnectResponse(writer, {
      protocolVersion: 0,
      timeOut,
      sessionId,
      passwd: Buffer.alloc(16, 9),
      readOnly: false,
    })
    return this.handle({ type: 'packet', packet: writer.concat() })
  }

  reply(xid: number, options: { zxid?: bigint; err?: number; body?: Buffer } = {}): string[] {
    const { zxid = 1n, err = 0, body = Buffer.alloc(0) } = options
    return this.handle({ type: 'packet', packet: Buffer.concat([replyHeader.toBuffer({ xid, zxid, err }), body]) })
  }

  event(type: number, path: string): string[] {
    return this.reply(-1, { zxid: -1n, body: watcherEvent.toBuffer({ type, state: 3, path }) })
  }

  submit(title: string, watched?: 'data' | 'children', type: OpCode = OpCode.getData): string[] {
    const watch = watched && { kind: watched, path: title, call: () => {} }
    const encode = (writer: ByteWriter): void =>
      getDataRequest.encode(writer, { path: title, watch: watch !== undefined })
    return this.handle({ type: 'submit', call: { title, type, encode, watch } })
  }

  #describe(output: SessionOutput<TitledCall>): string {
    switch (output.type) {
      case 'open':
        return `open ${output.server.host}`
      case 'send': {
        const reader = new ByteReader(Buffer.concat(output.chunks), 4)
        this.sent.push(reader)
        return 'send'
      }
      case 'answered':
        return `answered ${output.call.title} ${output.err}`
      case 'failed':
        return `failed ${output.call.title} ${output.error}`
      case 'fired':
        return `fired ${output.event.type} ${output.event.path}`
      case 'state':
        return output.state
      case 'drop':
        return 'drop'
    }
  }

  /** Headers of all that was sent since `attach`, as `xid:type`. */
  headers(): string[] {
    return this.sent.map((reader) => {
      const { xid, type } = requestHeader.decode(new ByteReader(reader.buffer, 4))
      return `${xid}:${type}`
    })
  }
}

interface TitledCall extends Call {
  readonly title: string
}

function attached(hosts?: string[], chroot?: string): Stage {
  const stage = new Stage(hosts, chroot)
  stage.handle({ type: 'start' })
  stage.attach()
  return stage
}

test('the first connection asks for a new session; requests made before are sent once it exists', () => {
  const stage = new Stage()
  assert.deepEqual(stage.handle({ type: 'start' }), ['open one'])
  assert.deepEqual(stage.submit('/a'), [])
  assert.deepEqual(stage.handle({ type: 'opened' }), ['send'])
  const asked = connectRequest.decode(stage.sent[0] as ByteReader)
  assert.deepEqual([asked.sessionId, asked.timeOut, asked.lastZxidSeen], [0n, 9000, 0n])
  assert.deepEqual(stage.attach(), ['connected', 'send'])
  assert.deepEqual(stage.headers(), ['1:4'])
  assert.equal(stage.machine.sessionId, 7n)
  assert.equal(stage.machine.sessionTimeoutMs, 6000)
})

test('an idle connection is pinged at a third of the timeout and given up after two thirds of silence', () => {
  const stage = attached()
  assert.deepEqual(stage.next(), ['send'])
  assert.equal(stage.nowMs, 2000)
  assert.deepEqual(stage.headers(), ['-2:11'])
  stage.nowMs = 2500
  assert.deepEqual(stage.reply(-2), [])
  assert.deepEqual(stage.next(), ['send'])
  assert.equal(stage.nowMs, 4000)
  assert.deepEqual(stage.next(), ['send'])
  assert.deepEqual(stage.next(), ['drop', 'disconnected'])
  assert.equal(stage.nowMs, 6500)
})

test('a lost connection fails what was in flight and what waits, and the next server is shown the same session', () => {
  const stage = attached(['one', 'two'])
  stage.reply(-8, { zxid: 42n })
  stage.submit('/a')
  stage.submit('/b')
  assert.deepEqual(stage.reply(1, { zxid: 43n }), ['answered /a 0'])
  assert.deepEqual(stage.handle({ type: 'lost', reason: 'cable' }), ['disconnected', 'failed /b CONNECTION_LOSS'])
  assert.deepEqual(stage.submit('/c'), [])
  assert.deepEqual(stage.next(), ['open two'])
  assert.deepEqual(stage.handle({ type: 'lost', reason: 'refused' }), ['failed /c CONNECTION_LOSS'])
  assert.deepEqual(stage.next(), ['open one'])
  assert.deepEqual(stage.handle({ type: 'opened' }), ['send'])
  const asked = connectRequest.decode(stage.sent.at(-1) as ByteReader)
  assert.deepEqual([asked.sessionId, asked.lastZxidSeen], [7n, 43n])
  assert.deepEqual(asked.passwd, Buffer.alloc(16, 9))
})

test('a server that does not know the session any more ends the client: everything says SESSION_EXPIRED', () => {
  const stage = attached()
  stage.handle({ type: 'lost', reason: 'cable' })
  stage.submit('/a')
  stage.next()
  assert.deepEqual(stage.attach(0n, 0), ['drop', 'expired', 'failed /a SESSION_EXPIRED'])
  assert.deepEqual(stage.submit('/b'), ['failed /b SESSION_EXPIRED'])
  assert.equal(stage.machine.deadlineMs, undefined)
})

test('a session that is renewed: what waited says SESSION_EXPIRED, a new session is asked for, with the old watches', () => {
  const stage = new Stage(['one'], '', true)
  stage.handle({ type: 'start' })
  stage.attach()
  stage.submit('/data', 'data')
  stage.reply(1, { zxid: 9n })
  stage.handle({ type: 'lost', reason: 'cable' })
  stage.submit('/a')
  stage.next()
  assert.deepEqual(stage.attach(0n, 0), ['drop', 'expired', 'failed /a SESSION_EXPIRED'])
  assert.deepEqual(stage.submit('/b'), [])
  assert.equal(stage.machine.sessionId, 7n)
  assert.deepEqual(stage.next(), ['open one'])
  stage.handle({ type: 'opened' })
  const asked = connectRequest.decode(stage.sent.at(-1) as ByteReader)
  assert.deepEqual([asked.sessionId, asked.lastZxidSeen, asked.timeOut], [0n, 9n, 9000])
  assert.deepEqual(asked.passwd, Buffer.alloc(16))
  assert.deepEqual(stage.attach(8n), ['send', 'connected', 'send'])
  assert.deepEqual(stage.headers(), ['-8:101', '2:4'])
  assert.equal(stage.machine.sessionId, 8n)
})

test('a server that gives no new session is one that does not answer', () => {
  const stage = new Stage(['one'], '', true)
  stage.handle({ type: 'start' })
  stage.submit('/a')
  for (let attempt = 0; attempt < 3; attempt++) {
    stage.submit('/b')
    assert.equal(stage.attach(0n, 0)[0], 'drop')
    assert.deepEqual(stage.next(), ['open one'])
  }
  assert.deepEqual(stage.attach(8n), ['connected'])
  assert.deepEqual(stage.handle({ type: 'close' }), ['send'])
})

test('close while a session is renewed', () => {
  const stage = new Stage(['one'], '', true)
  stage.handle({ type: 'start' })
  stage.attach()
  stage.handle({ type: 'lost', reason: 'cable' })
  stage.next()
  stage.attach(0n, 0)
  stage.submit('/a')
  assert.deepEqual(stage.handle({ type: 'close' }), ['drop', 'closed', 'failed /a SESSION_EXPIRED'])
  assert.equal(stage.machine.deadlineMs, undefined)
})

test('watches are armed by the reply, fire once, and are armed again on the next connection', () => {
  const stage = attached(['one'], '/root')
  stage.submit('/root/data', 'data')
  stage.submit('/root/children', 'children')
  stage.submit('/root/missing', 'data', OpCode.exists)
  stage.submit('/root/failed', 'data')
  stage.reply(1, { zxid: 9n })
  stage.reply(2)
  stage.reply(3, { err: -101 })
  stage.reply(4, { err: -101 })
  assert.deepEqual(stage.event(3, '/root/data'), ['fired dataChanged /data'])
  assert.deepEqual(stage.event(3, '/root/data'), [])
  stage.handle({ type: 'lost', reason: 'cable' })
  stage.next()
  assert.deepEqual(stage.attach(), ['send', 'connected'])
  assert.deepEqual(stage.headers(), ['-8:101'])
  const request = setWatches.decode(new ByteReader(stage.sent[0]?.buffer as Buffer, 12))
  assert.deepEqual(request, {
    relativeZxid: 9n,
    dataWatches: [],
    existWatches: ['/root/missing'],
    childWatches: ['/root/children'],
  })
  assert.deepEqual(stage.event(1, '/root/missing'), ['fired created /missing'])
  assert.deepEqual(stage.event(2, '/root/children'), ['fired deleted /children'])
})

test('answers out of order, or that cannot be read, cost the connection and nothing else', () => {
  for (const bad of [replyHeader.toBuffer({ xid: 2, zxid: 1n, err: 0 }), Buffer.from('short')]) {
    const stage = attached()
    stage.submit('/a')
    stage.submit('/b')
    assert.deepEqual(stage.handle({ type: 'packet', packet: bad }), [
      'drop',
      'disconnected',
      'failed /a CONNECTION_LOSS',
      'failed /b CONNECTION_LOSS',
    ])
    assert.deepEqual(stage.next(), ['open one'])
  }
})

test('an identity is shown to every server; one that is refused ends the client', () => {
  const stage = attached()
  const call: TitledCall = { title: 'auth', type: OpCode.auth, encode: () => {} }
  assert.deepEqual(stage.handle({ type: 'addAuth', scheme: 'digest', data: Buffer.from('a:b'), call }), ['send'])
  assert.deepEqual(stage.reply(-4), ['answered auth 0'])
  stage.handle({ type: 'lost', reason: 'cable' })
  stage.next()
  assert.deepEqual(stage.attach(), ['send', 'connected'])
  assert.deepEqual(stage.headers(), ['-4:100'])
  assert.deepEqual(stage.reply(-4, { err: -115 }), ['drop', 'authFailed'])
  assert.deepEqual(stage.submit('/a'), ['failed /a AUTH_FAILED'])
})

test('close lets earlier requests be answered and ends the session', () => {
  const stage = attached()
  stage.submit('/a')
  assert.deepEqual(stage.handle({ type: 'close' }), ['send'])
  assert.deepEqual(stage.headers(), ['1:4', '2:-11'])
  assert.deepEqual(stage.submit('/b'), ['failed /b SESSION_EXPIRED'])
  assert.deepEqual(stage.reply(1), ['answered /a 0'])
  assert.deepEqual(stage.reply(2), ['drop', 'closed'])
})

test('close does not wait for a server that is gone', () => {
  const waiting = attached()
  waiting.handle({ type: 'lost', reason: 'cable' })
  assert.deepEqual(waiting.handle({ type: 'close' }), ['drop', 'closed'])
  const silent = attached()
  silent.handle({ type: 'close' })
  assert.deepEqual(silent.next(), ['drop', 'closed'])
})

test('tries wait longer after each round of the list, spread by chance, at most a second', () => {
  const stage = new Stage(['one', 'two'])
  stage.handle({ type: 'start' })
  const waitsMs: number[] = []
  for (let attempt = 0; attempt < 14; attempt++) {
    stage.handle({ type: 'lost', reason: 'refused' })
    waitsMs.push((stage.machine.deadlineMs ?? 0) - stage.nowMs)
    stage.next()
  }
  assert.deepEqual(waitsMs, [50, 50, 100, 100, 200, 200, 400, 400, 800, 800, 1000, 1000, 1000, 1000])
})
