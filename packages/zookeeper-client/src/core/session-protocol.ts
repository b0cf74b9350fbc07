// What goes into and comes out of the session machine.
import type { ByteReader } from '@odradek/base'
import type { ZooKeeperErrorName } from '@odradek/zookeeper-protocol'
import type { ClientState } from '../client-state.ts'
import type { Watch, WatchEvent } from '../watch-event.ts'
import type { Call } from './call.ts'
import type { ServerAddress } from './connect-string.ts'
import type { PersistentWatchKind } from './watch-registry.ts'

export type SessionEvent<C extends Call> =
  /** Begin to look for a server. */
  | { readonly type: 'start' }
  /** The connection that was asked for is open, or could not be opened, or is gone. */
  | { readonly type: 'opened' }
  | { readonly type: 'lost'; readonly reason: string }
  /** A packet came, without its length. */
  | { readonly type: 'packet'; readonly packet: Buffer }
  | { readonly type: 'submit'; readonly call: C }
  | { readonly type: 'addAuth'; readonly scheme: string; readonly data: Buffer; readonly call: C }
  /** A persistent watch is no longer wanted; `path` is the server's. */
  | { readonly type: 'unwatch'; readonly kind: PersistentWatchKind; readonly path: string; readonly watch: Watch }
  /** End the session. */
  | { readonly type: 'close' }
  /** Time has passed: send it when `deadline` says. */
  | { readonly type: 'tick' }

export type SessionOutput<C extends Call> =
  | { readonly type: 'open'; readonly server: ServerAddress; readonly timeoutMs: number }
  | { readonly type: 'send'; readonly chunks: readonly Buffer[] }
  /** Close the connection at once; whatever it still says counts no more. */
  | { readonly type: 'drop' }
  | { readonly type: 'state'; readonly state: ClientState; readonly reason: string }
  /** `body` stands behind the header; there is one only when `err` is 0. */
  | { readonly type: 'answered'; readonly call: C; readonly err: number; readonly body: ByteReader }
  | { readonly type: 'failed'; readonly call: C; readonly error: ZooKeeperErrorName; readonly reason: string }
  | { readonly type: 'fired'; readonly watch: Watch; readonly event: WatchEvent }
