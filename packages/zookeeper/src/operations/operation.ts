import type { Id, Jute } from '@odradek/zookeeper-protocol'
import type { AccessControl } from '../core/auth/access-control.ts'
import type { PendingChanges } from '../core/prepare/pending-changes.ts'
import type { Client, ReplyBody } from '../core/request.ts'
import type { Transaction } from '../core/transaction.ts'
import type { DataTree, TransactionResult } from '../core/tree/data-tree.ts'

/** What a write is checked against and changes. */
export interface PrepareContext {
  readonly changes: PendingChanges
  readonly access: AccessControl
  readonly sessionId: bigint
  /** Who asks. */
  readonly identities: readonly Id[]
  /** `extendedTypesEnabled`: nodes with a time to live. */
  readonly extendedTypesEnabled: boolean
  readonly reconfigEnabled: boolean
  /** Throws QUOTA_EXCEEDED when so many more nodes, or bytes, would be too many for a hard limit that is enforced. */
  readonly checkQuota: (path: string, count: number, growthBytes: () => number) => void
}

/** What a read sees. */
export interface ReadContext {
  readonly tree: DataTree
  readonly access: AccessControl
  readonly sessionId: bigint
  readonly client: Client
}

/** A request that becomes a transaction. */
export interface WriteOperation<T> {
  readonly kind: 'write'
  /** Of the request, `OpCode`. */
  readonly type: number
  readonly name: string
  readonly request: Jute<T>
  /** False for what the server itself does for a session that is ending. */
  readonly needsSession: boolean
  /** Checks the request and changes `context.changes`. Throws `ZooKeeperError`, and then what was changed is taken back. */
  prepare(request: T, context: PrepareContext): Transaction
  /** The reply to a transaction that was applied without an error. */
  reply(result: TransactionResult): ReplyBody | undefined
}

/** A request that is answered from the tree as it is. */
export interface ReadOperation<T> {
  readonly kind: 'read'
  readonly type: number
  readonly name: string
  readonly request: Jute<T>
  /** Throws `ZooKeeperError`. */
  answer(request: T, context: ReadContext): ReplyBody | undefined
}

export type Operation = WriteOperation<unknown> | ReadOperation<unknown>

/** The types of the requests differ; that the table decodes each by its own definition keeps this sound. */
export function write<T>(
  operation: Omit<WriteOperation<T>, 'kind' | 'needsSession'> & { needsSession?: boolean },
): Operation {
  return { kind: 'write', needsSession: true, ...operation } as unknown as Operation
}

export function read<T>(operation: Omit<ReadOperation<T>, 'kind'>): Operation {
  return { kind: 'read', ...operation } as unknown as Operation
}

/** The request of an operation that has no body. */
export const noBody: Jute<undefined> = {
  kind: 'record',
  minSizeBytes: 0,
  decode: () => undefined,
  encode: () => undefined,
}
