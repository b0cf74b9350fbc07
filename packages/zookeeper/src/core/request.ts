import type { ByteWriter } from '@odradek/base'
import type { Id } from '@odradek/zookeeper-protocol'
import type { Watcher } from './watch/watcher.ts'

/** Writes the body of a reply behind its header. */
export type ReplyBody = (writer: ByteWriter) => void

/** One client's connection, as the core sees it. */
export interface Client extends Watcher {
  /** What the connection has proved, and its address. */
  readonly identities: readonly Id[]
  /** The connection is gone: nothing needs to be answered. */
  readonly isClosed: boolean
  /** Of its session. */
  readonly timeoutMs: number
  /** Sends a reply; the body only when `errorCode` is 0. */
  reply(xid: number, zxid: bigint, errorCode: number, body?: ReplyBody): void
  /** The session that this connection asked for is there. */
  onSession(id: bigint, timeoutMs: number): void
  /** Sends what is waiting and closes. */
  end(): void
}

/** One packet of a client, or something that the server itself wants done. */
export interface Request {
  readonly sessionId: bigint
  readonly xid: number
  readonly type: number
  /** What came behind the header. */
  readonly body: Buffer
  /** Undefined: the server itself wants it, and nobody waits for an answer. */
  readonly client: Client | undefined
  /** Monotonic. */
  readonly receivedMs: number
  /** It waited for too long: it is to be answered so, in its turn, and not to be done. */
  readonly isThrottled?: boolean
}
