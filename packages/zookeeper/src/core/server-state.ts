import { OpCode } from '@odradek/zookeeper-protocol'
import { SessionTable } from './session/session-table.ts'
import type { LogEntry } from './transaction.ts'
import { DataTree } from './tree/data-tree.ts'
import type { TransactionResult } from './tree/data-tree.ts'

/** All that a server must not lose: the nodes and the sessions. It changes only by `apply`, of new entries as of those that the log has. */
export class ServerState {
  readonly tree: DataTree
  readonly sessions: SessionTable

  constructor(options: { tickMs: number; digestEnabled: boolean }) {
    this.tree = new DataTree(options)
    this.sessions = new SessionTable(options.tickMs)
  }

  /** `nowMs` is monotonic: from then on a new session's time runs. */
  apply({ header, transaction }: LogEntry, nowMs: number): TransactionResult {
    if (transaction.type === OpCode.createSession) {
      this.sessions.track(header.clientId, transaction.value.timeOut, nowMs)
    } else if (transaction.type === OpCode.closeSession) {
      this.sessions.remove(header.clientId)
    }
    return this.tree.apply(header, transaction)
  }
}
