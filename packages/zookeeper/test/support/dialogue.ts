import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { ByteReader } from '@odradek/base'
import { Simulation } from '@odradek/env-sim'
import {
  addWatchRequest,
  authPacket,
  buffer,
  checkWatchesRequest,
  create2Response,
  createRequest,
  createResponse,
  createTtlRequest,
  decodeMultiRequest,
  decodeMultiResponse,
  deleteRequest,
  encodeMultiRequest,
  encodeMultiResponse,
  errorResponse,
  existsRequest,
  existsResponse,
  getAclRequest,
  getAclResponse,
  getAllChildrenNumberRequest,
  getAllChildrenNumberResponse,
  getChildren2Response,
  getChildrenRequest,
  getChildrenResponse,
  getDataRequest,
  getDataResponse,
  getEphemeralsRequest,
  getEphemeralsResponse,
  OpCode,
  reconfigRequest,
  setAclRequest,
  setAclResponse,
  setDataRequest,
  setDataResponse,
  setSaslResponse,
  setWatches,
  setWatches2,
  syncRequest,
  syncResponse,
  WatchEventType,
  whoAmIResponse,
  zooKeeperErrorOf,
} from '@odradek/zookeeper-protocol'
import type { Acl, Decoded, Jute, MultiOperation, MultiResult } from '@odradek/zookeeper-protocol'
import { RawClient } from './raw-client.ts'
import type { ConnectOptions, Received } from './raw-client.ts'
import { SimulatedServer } from './simulated-server.ts'

const nothing: Jute<undefined> = { kind: 'record', minSizeBytes: 0, decode: () => undefined, encode: () => undefined }
const multiRequest: Jute<readonly MultiOperation[]> = {
  kind: 'record',
  minSizeBytes: 9,
  decode: decodeMultiRequest,
  encode: encodeMultiRequest,
}
const multiResponse: Jute<readonly MultiResult[]> = {
  kind: 'record',
  minSizeBytes: 9,
  decode: decodeMultiResponse,
  encode: encodeMultiResponse,
}

/** Requests with their replies, by the name that a dialogue uses. */
const calls = {
  create: { type: OpCode.create, request: createRequest, response: createResponse },
  create2: { type: OpCode.create2, request: createRequest, response: create2Response },
  createContainer: { type: OpCode.createContainer, request: createRequest, response: create2Response },
  createTTL: { type: OpCode.createTtl, request: createTtlRequest, response: create2Response },
  delete: { type: OpCode.delete, request: deleteRequest, response: nothing },
  deleteContainer: { type: OpCode.deleteContainer, request: getAclRequest, response: nothing },
  exists: { type: OpCode.exists, request: existsRequest, response: existsResponse },
  getData: { type: OpCode.getData, request: getDataRequest, response: getDataResponse },
  setData: { type: OpCode.setData, request: setDataRequest, response: setDataResponse },
  getACL: { type: OpCode.getAcl, request: getAclRequest, response: getAclResponse },
  setACL: { type: OpCode.setAcl, request: setAclRequest, response: setAclResponse },
  getChildren: { type: OpCode.getChildren, request: getChildrenRequest, response: getChildrenResponse },
  getChildren2: { type: OpCode.getChildren2, request: getChildrenRequest, response: getChildren2Response },
  sync: { type: OpCode.sync, request: syncRequest, response: syncResponse },
  ping: { type: OpCode.ping, request: nothing, response: nothing },
  check: { type: OpCode.check, request: deleteRequest, response: nothing },
  multi: { type: OpCode.multi, request: multiRequest, response: multiResponse },
  multiRead: { type: OpCode.multiRead, request: multiRequest, response: multiResponse },
  reconfig: { type: OpCode.reconfig, request: reconfigRequest, response: nothing },
  checkWatches: { type: OpCode.checkWatches, request: checkWatchesRequest, response: nothing },
  removeWatches: { type: OpCode.removeWatches, request: checkWatchesRequest, response: nothing },
  auth: { type: OpCode.auth, request: authPacket, response: nothing },
  sasl: { type: OpCode.sasl, request: buffer, response: setSaslResponse },
  setWatches: { type: OpCode.setWatches, request: setWatches, response: nothing },
  setWatches2: { type: OpCode.setWatches2, request: setWatches2, response: nothing },
  getEphemerals: { type: OpCode.getEphemerals, request: getEphemeralsRequest, response: getEphemeralsResponse },
  getAllChildrenNumber: {
    type: OpCode.getAllChildrenNumber,
    request: getAllChildrenNumberRequest,
    response: getAllChildrenNumberResponse,
  },
  addWatch: { type: OpCode.addWatch, request: addWatchRequest, response: errorResponse },
  whoAmI: { type: OpCode.whoAmI, request: nothing, response: whoAmIResponse },
  closeSession: { type: OpCode.closeSession, request: nothing, response: nothing },
} as const

type Calls = typeof calls
type RequestOf<Name extends keyof Calls> = Decoded<Calls[Name]['request']>

export const open: readonly Acl[] = [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }]

/** One speaker of a dialogue. */
export class Speaker {
  readonly name: string
  readonly client: RawClient
  readonly #dialogue: Dialogue
  readonly #names = new Map<number, keyof Calls>()

  constructor(name: string, client: RawClient, dialogue: Dialogue) {
    this.name = name
    this.client = client
    this.#dialogue = dialogue
  }

  /** Sends one request; what comes of it, to whomever, is written down. */
  async say<Name extends keyof Calls>(name: Name, value: RequestOf<Name>, xid?: number): Promise<void> {
    this.#dialogue.note(`${this.name}: ${name} ${value === undefined ? '' : this.#dialogue.show(value)}`.trimEnd())
    this.enqueue(name, value, xid)
    await this.#dialogue.listen()
  }

  /** Sends one request without waiting for what comes of it. */
  enqueue<Name extends keyof Calls>(name: Name, value: RequestOf<Name>, xid?: number): void {
    const { type, request } = calls[name]
    const sent = this.client.send(type, request as Jute<unknown>, value, xid)
    this.#names.set(sent, name)
  }

  showReply(xid: number, body: Buffer): string {
    const name = this.#names.get(xid)
    const response = name === undefined ? nothing : (calls[name].response as Jute<unknown>)
    if (body.length === 0) return ''
    if (name === undefined) return `${body.length} bytes`
    const reader = new ByteReader(body)
    const value = response.decode(reader)
    assert.equal(reader.remaining, 0, `the reply to ${name} has ${reader.remaining} bytes too many`)
    return this.#dialogue.show(value)
  }
}

/**
 * A conversation of clients with a server in a simulation, written down as text: a request at the margin, what came of it below. The text is
 * compared with a file; with GOLDEN=rewrite in the environment it is written there instead, and the diff is to be read.
 */
export class Dialogue {
  readonly simulation = new Simulation({ seed: 'dialogue' })
  readonly server: SimulatedServer
  readonly #speakers: Speaker[] = []
  readonly #sessions = new Map<bigint, string>()
  readonly #lines: string[] = []

  constructor(configLines: readonly string[] = []) {
    this.server = new SimulatedServer(this.simulation, configLines)
  }

  note(line: string): void {
    this.#lines.push(line)
  }

  title(text: string): void {
    this.#lines.push('', `# ${text}`)
  }

  async socket(name: string): Promise<Speaker> {
    const client = await this.simulation.runUntil(RawClient.open(this.simulation.machine('client').env, 'server', 2181))
    const speaker = new Speaker(name, client, this)
    this.#speakers.push(speaker)
    return speaker
  }

  /** A client with a session. */
  async client(name: string, options: ConnectOptions = {}): Promise<Speaker> {
    const speaker = await this.socket(name)
    const { sessionId = 0n, ...shown } = options
    const session = sessionId === 0n ? '' : ` to ${this.#sessions.get(sessionId) ?? 'no session that is known'}`
    this.note(`${name}: connects${session} ${this.show(shown)}`)
    speaker.client.connect(options)
    await this.listen()
    return speaker
  }

  /** Lets time pass, and writes down what it brings. */
  async listen(durationMs = 60): Promise<void> {
    await this.simulation.run(durationMs)
    for (const speaker of this.#speakers) {
      for (const received of speaker.client.received.splice(0))
        this.note(`    ${speaker.name} < ${this.#render(speaker, received)}`)
    }
  }

  #render(speaker: Speaker, received: Received): string {
    switch (received.kind) {
      case 'connected': {
        const { timeOut, sessionId, passwd, readOnly } = received.response
        if (sessionId !== 0n && !this.#sessions.has(sessionId))
          this.#sessions.set(sessionId, `session-of-${speaker.name}`)
        const session = sessionId === 0n ? 'no session' : this.#sessions.get(sessionId)
        return `connected: ${session}, time-out ${timeOut}, password of ${passwd?.length} bytes, readOnly ${readOnly}`
      }
      case 'reply': {
        const { xid, zxid, err, body } = received
        const result = err === 0 ? 'ok' : zooKeeperErrorOf(err).name
        return `${xid} zxid ${zxid} ${result} ${err === 0 ? speaker.showReply(xid, body) : ''}`.trimEnd()
      }
      case 'event': {
        const { type, state, path } = received.event
        const name = Object.entries(WatchEventType).find(([, value]) => value === type)?.[0]
        return `event ${name} ${path} zxid ${received.zxid}, state ${state}`
      }
      case 'text':
        return `text ${JSON.stringify(this.#withoutChance(received.text))}`
      case 'closed':
        return 'closed'
    }
  }

  /** Without what depends on clocks. */
  #withoutChance(text: string): string {
    return text
      .replace(/(Latency min\/avg\/max: |(?:avg|max|min|sum|p\d+)_\w*(?:time|latency)\t|uptime\t)[\d./]+/g, '$1…')
      .replace(/0x[0-9a-f]{15}/g, (id) => this.#sessions.get(BigInt(id)) ?? id)
      .replace(/^(\d+: )\d+$/m, '$1…')
      .replace(/:3\d{4}\[/g, ':PORT[')
  }

  show(value: unknown): string {
    return JSON.stringify(value, (key, field: unknown) => this.#showField(key, field))
  }

  #showField(key: string, field: unknown): unknown {
    if (key === 'ctime' || key === 'mtime') return undefined
    if (key === 'passwd' && isBufferJson(field) && field.data.length === 16) return '16 bytes'
    if (typeof field === 'bigint') return this.#sessions.get(field) ?? Number(field)
    if (Buffer.isBuffer(field)) return field.toString('latin1')
    if (isBufferJson(field)) return Buffer.from(field.data).toString('latin1')
    if ((key === 'acl' || key === 'id') && Array.isArray(field)) return field.map((entry) => showAcl(entry as Acl))
    return field
  }

  /** Compares all that was said with the file of this name beside the test. */
  matches(name: string): void {
    const file = new URL(`../golden/${name}.txt`, import.meta.url)
    const text = `${this.#lines.join('\n').trim()}\n`
    if (process.env['GOLDEN'] === 'rewrite') writeFileSync(file, text)
    assert.equal(text, readFileSync(file, 'utf8'))
  }
}

function isBufferJson(value: unknown): value is { data: number[] } {
  return (
    typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'Buffer' && 'data' in value
  )
}

function showAcl({ perms, id }: Acl): string {
  return `${id.scheme}:${id.id}:${perms}`
}
