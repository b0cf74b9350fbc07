import type { ByteWriter } from '@odradek/base'
import type { OpCode } from '@odradek/zookeeper-protocol'
import type { Watch } from '../watch-event.ts'
import type { WatchKind } from './watch-registry.ts'

/** A request on its way through the session. The host adds to it how the caller is told. */
export interface Call {
  readonly type: OpCode
  /** Writes the body behind the header. */
  encode(writer: ByteWriter): void
  /** Armed when the reply shows that the server has armed it. `path` is the server's. */
  readonly watch?:
    | { readonly kind: Exclude<WatchKind, 'exist'>; readonly path: string; readonly call: Watch }
    | undefined
}

/** An identity to show to every server that the session comes to. */
export interface Auth<C extends Call> {
  readonly scheme: string
  readonly data: Buffer
  /** Who waits for the first answer. */
  call: C | undefined
}
