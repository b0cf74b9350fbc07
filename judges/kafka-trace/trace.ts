// judges/fixtures/zk-ops-kafka-3.9.log.gz: what three brokers of Apache Kafka 3.9.1 and Apache ZooKeeper 3.9.5 said to each other, a line a packet, in
// the order in which a proxy between them passed it on.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { ByteWriter } from '@odradek/base'
import {
  createRequest,
  deleteRequest,
  encodeMultiRequest,
  existsRequest,
  getChildren2Request,
  getDataRequest,
  OpCode,
  setDataRequest,
} from '@odradek/zookeeper-protocol'
import type { Acl, MultiOperation } from '@odradek/zookeeper-protocol'
import { root } from '../lib/folders.ts'

export type TraceLine =
  /** What was done to the brokers. */
  | { readonly type: 'stage'; readonly title: string }
  /** A connection begins, with a new session (0) or the one of an earlier connection, by the id that it had. */
  | { readonly type: 'connect'; readonly connection: string; readonly sessionId: string }
  | { readonly type: 'connected'; readonly connection: string; readonly sessionId: string; readonly isAlive: boolean }
  | { readonly type: 'request'; readonly connection: string; readonly xid: number; readonly request: TraceRequest }
  | { readonly type: 'reply'; readonly connection: string; readonly summary: string }
  | { readonly type: 'event'; readonly connection: string; readonly summary: string }
  | { readonly type: 'closed'; readonly connection: string }

export interface TraceRequest {
  readonly op: OpCode
  readonly title: string
  /** Behind the header. */
  readonly body: Buffer
  /** The trace holds only the beginning of what is written: answers that show it have another length. */
  readonly isCut: boolean
}

const cutCharacters = 400

export function readTrace(): TraceLine[] {
  const file = path.join(root, 'judges', 'fixtures', 'zk-ops-kafka-3.9.log.gz')
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n')
  return lines.filter((line) => line !== '').flatMap(parseLine)
}

function parseLine(line: string): TraceLine[] {
  if (line.startsWith('=== ')) return [{ type: 'stage', title: line.slice(4) }]
  const [, connection = '', rest = ''] = /^\S+ (\S+) (.*)$/.exec(line) ?? []
  const [, side, facts = ''] = /^([<>])CONNECT (.*)$/.exec(rest) ?? []
  if (side !== undefined) {
    const [, timeout, sessionId = ''] = /timeout=(\d+) sid=0x([0-9a-f]+)/.exec(facts) ?? []
    if (side === '>') return [{ type: 'connect', connection, sessionId }]
    return [{ type: 'connected', connection, sessionId, isAlive: timeout !== '0' }]
  }
  const [, xid, name, body] = /^> (\d+) (\S+) (.*)$/.exec(rest) ?? []
  if (xid !== undefined && name !== undefined && body !== undefined) {
    return [
      { type: 'request', connection, xid: Number(xid), request: parseRequest(name, JSON.parse(body) as unknown[]) },
    ]
  }
  const [, reply, err, length] = /^< (\d+) \S+ err=(-?\d+) zxid=\S+ len=(\d+)$/.exec(rest) ?? []
  if (reply !== undefined) {
    return [{ type: 'reply', connection, summary: replySummary(Number(reply), Number(err), Number(length)) }]
  }
  const [, kind, state, node] = /^<EVENT (\d+) (\d+) (\S+) zxid=\S+$/.exec(rest) ?? []
  if (kind !== undefined) {
    return [{ type: 'event', connection, summary: eventSummary(Number(kind), Number(state), node ?? '') }]
  }
  if (/^CLOSED (up|down)$/.test(rest)) return [{ type: 'closed', connection }]
  throw new Error(`this line of the trace is not understood: ${line.slice(0, 200)}`)
}

/** What is compared of a reply. Its length says what is in it: everything but paths, data and lists has a fixed one. */
export function replySummary(xid: number, err: number, length: number): string {
  return `reply ${xid} err=${err} length=${length}`
}

export function eventSummary(kind: number, state: number, node: string): string {
  return `event ${kind} state=${state} ${node}`
}

function parseRequest(name: string, fields: readonly unknown[]): TraceRequest {
  const title = `${name} ${String(fields[0])}`
  const writer = new ByteWriter()
  const isCut = JSON.stringify(fields).length >= cutCharacters && hasCutText(fields)
  const watch = fields[1] === 'watch=1'
  const node = String(fields[0])
  switch (name) {
    case 'create':
    case 'setData':
    case 'delete': {
      const { type, request } = writeOf([name, ...fields])
      if (type === OpCode.create) createRequest.encode(writer, request)
      else if (type === OpCode.setData) setDataRequest.encode(writer, request)
      else if (type === OpCode.delete) deleteRequest.encode(writer, request)
      return { op: type, title, body: writer.concat(), isCut }
    }
    case 'exists':
      existsRequest.encode(writer, { path: node, watch })
      return { op: OpCode.exists, title, body: writer.concat(), isCut }
    case 'getData':
      getDataRequest.encode(writer, { path: node, watch })
      return { op: OpCode.getData, title, body: writer.concat(), isCut }
    case 'getChildren2':
      getChildren2Request.encode(writer, { path: node, watch })
      return { op: OpCode.getChildren2, title, body: writer.concat(), isCut }
    case 'multi':
      encodeMultiRequest(writer, (fields as unknown[][]).map(writeOf))
      return { op: OpCode.multi, title: `multi ${JSON.stringify(fields).slice(0, 120)}`, body: writer.concat(), isCut }
    case 'closeSession':
      return { op: OpCode.closeSession, title: name, body: Buffer.alloc(0), isCut }
    default:
      throw new Error(`the trace has a request that is not understood: ${name}`)
  }
}

function hasCutText(value: unknown): boolean {
  return Array.isArray(value) ? value.some(hasCutText) : typeof value === 'string' && value.length >= cutCharacters
}

function writeOf([name, node, ...rest]: readonly unknown[]): MultiOperation {
  const path = String(node)
  switch (name) {
    case 'create': {
      const flags = Number(String(rest[2]).replace('flags=', ''))
      return { type: OpCode.create, request: { path, data: dataOf(rest[0]), acl: aclOf(String(rest[1])), flags } }
    }
    case 'setData':
      return { type: OpCode.setData, request: { path, data: dataOf(rest[0]), version: versionOf(rest[1]) } }
    case 'delete':
      return { type: OpCode.delete, request: { path, version: versionOf(rest[0]) } }
    case 'check':
      return { type: OpCode.check, request: { path, version: versionOf(rest[0]) } }
    default:
      throw new Error(`the trace has a write that is not understood: ${String(name)}`)
  }
}

function dataOf(text: unknown): Buffer | null {
  return text === 'null' ? null : Buffer.from(String(text))
}

function versionOf(text: unknown): number {
  return Number(String(text).replace('v=', ''))
}

/** `acl=[(31, 'world', 'anyone')]` */
function aclOf(text: string): Acl[] {
  return [...text.matchAll(/\((\d+), '([^']*)', '([^']*)'\)/g)].map(([, perms, scheme = '', id = '']) => {
    return { perms: Number(perms), id: { scheme, id } }
  })
}
