import { assert, ByteReader, DecodeError } from '@odradek/base'
import { OpCode, Xid, ZooKeeperError, ZooKeeperErrorCode } from '@odradek/zookeeper-protocol'
import type { Id, ZooKeeperErrorName } from '@odradek/zookeeper-protocol'
import type { Operation, ReadOperation, WriteOperation } from '../../operations/operation.ts'
import { AccessControl } from '../auth/access-control.ts'
import { PendingChanges } from '../prepare/pending-changes.ts'
import type { Client, ReplyBody, Request } from '../request.ts'
import type { ServerState } from '../server-state.ts'
import { encodeLogEntry } from '../transaction.ts'
import type { LogEntry, Transaction } from '../transaction.ts'
import { digestVersion } from '../tree/digest.ts'
import type { QuotaExcess } from '../tree/quota-statistics.ts'
import type { Proposal } from './proposal.ts'

/** What the pipeline asks of those around it. */
export interface PipelineOutputs {
  /** Makes the proposal durable, then calls `commit` with it; proposals are committed in the order in which they came. */
  propose(proposal: Proposal): void
  /** The session is over: its connection, if there is one, has to go. */
  sessionClosed(sessionId: bigint): void
  /** The reply to this request was given, or nobody is there any more to get it. */
  answered(request: Request): void
  /** A write goes beyond a limit of a quota: a hard one was refused for it. */
  quotaExceeded(excess: QuotaExcess): void
  /** The tree is not what was foretold when the transaction was prepared: a defect, or bad memory. */
  digestMismatch(zxid: bigint, expected: bigint, actual: bigint): void
}

export interface PipelineOptions {
  readonly operations: ReadonlyMap<number, Operation>
  readonly skipAcl: boolean
  readonly authSchemes: ReadonlySet<string>
  readonly digestEnabled: boolean
  readonly extendedTypesEnabled: boolean
  readonly reconfigEnabled: boolean
  readonly enforceQuota: boolean
}

/** The two clocks, in whole milliseconds. */
export interface Now {
  readonly wallMs: number
  readonly monotonicMs: number
}

/** What the server does on its own account is not subject to ACLs. */
const ownIdentities: readonly Id[] = [{ scheme: 'super', id: '' }]

/**
 * The way of a request: prepare (check it against what will be, give it its zxid), propose (sync, or vote), commit (apply, answer).
 *
 * A read is answered from the tree at once, unless writes of its session are under way: then it waits for those before it, so each
 * session sees its own requests in order. Nothing here waits or calls out but through `PipelineOutputs`.
 */
export class RequestPipeline {
  readonly #state: ServerState
  readonly #options: PipelineOptions
  readonly #outputs: PipelineOutputs
  readonly #changes: PendingChanges
  readonly access: AccessControl
  /** Per session what has not been answered, from its first write under way on. */
  readonly #waiting = new Map<bigint, (Proposal | (() => void))[]>()
  #lastZxid: bigint
  #outstandingCount = 0

  constructor(state: ServerState, options: PipelineOptions, outputs: PipelineOutputs) {
    this.#state = state
    this.#options = options
    this.#outputs = outputs
    this.#changes = new PendingChanges(state.tree, options)
    this.access = new AccessControl(options)
    this.#lastZxid = state.tree.lastProcessedZxid
  }

  /** Proposals that are not committed yet, and reads that wait for them. */
  get outstandingCount(): number {
    return this.#outstandingCount
  }

  submit(request: Request, now: Now): void {
    const operation = this.#options.operations.get(request.type)
    if (operation === undefined) {
      request.client?.reply(request.xid, -1n, ZooKeeperErrorCode.UNIMPLEMENTED)
      request.client?.end()
      this.#outputs.answered(request)
    } else if (request.isThrottled === true) {
      this.#inOrder(request, () => this.#reply(request, 'THROTTLED_OP', undefined))
    } else if (operation.kind === 'read') {
      // Whether the session is alive is asked in the order in which the requests came, before a later one may have begun to close it.
      const isAlive = this.#state.sessions.isAlive(request.sessionId)
      this.#inOrder(request, () => {
        if (isAlive) this.#answerRead(operation, request)
        else this.#reply(request, 'SESSION_EXPIRED', undefined)
      })
    } else {
      this.#submitWrite(operation, request, now)
    }
  }

  #submitWrite(operation: WriteOperation<unknown>, request: Request, now: Now): void {
    let body: unknown
    try {
      body = operation.request.decode(new ByteReader(request.body))
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      return this.#inOrder(request, () => this.#reply(request, 'MARSHALLING_ERROR', undefined))
    }
    const zxid = ++this.#lastZxid
    const { entry, changedPaths } = this.#prepare(operation, body, request, zxid, now)
    const proposal = { entry, bytes: encodeLogEntry(entry, request.body.length), changedPaths, request }
    if (request.client !== undefined) {
      const waiting = this.#waiting.get(request.sessionId)
      if (waiting === undefined) this.#waiting.set(request.sessionId, [proposal])
      else waiting.push(proposal)
    }
    this.#outstandingCount++
    this.#outputs.propose(proposal)
  }

  #prepare(
    operation: WriteOperation<unknown>,
    body: unknown,
    request: Request,
    zxid: bigint,
    now: Now,
  ): { entry: LogEntry; changedPaths: readonly string[] } {
    const { sessionId, xid, client } = request
    const changes = this.#changes
    const time = BigInt(now.wallMs)
    const header = { clientId: sessionId, cxid: xid, zxid, time, type: operation.type }
    changes.begin(zxid, time)
    try {
      if (operation.needsSession && !this.#state.sessions.isAlive(sessionId))
        throw new ZooKeeperError('SESSION_EXPIRED')
      const { extendedTypesEnabled, reconfigEnabled } = this.#options
      const transaction = operation.prepare(body, {
        changes,
        access: this.access,
        sessionId,
        identities: client?.identities ?? ownIdentities,
        extendedTypesEnabled,
        reconfigEnabled,
        checkQuota: this.#checkQuota,
      })
      if (transaction.type === OpCode.closeSession) this.#state.sessions.setClosing(sessionId)
      const digest = this.#options.digestEnabled ? { version: digestVersion, treeDigest: changes.digest } : undefined
      return { entry: { header, transaction, digest }, changedPaths: changes.changedPaths() }
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error
      changes.rollback()
      const transaction: Transaction = { type: OpCode.error, value: { err: error.errorCode } }
      return { entry: { header: { ...header, type: OpCode.error }, transaction, digest: undefined }, changedPaths: [] }
    }
  }

  readonly #checkQuota = (path: string, count: number, growthBytes: () => number): void => {
    if (!this.#options.enforceQuota) return
    for (const excess of this.#state.tree.quotas.excesses(path, count, growthBytes)) {
      this.#outputs.quotaExceeded(excess)
      if (excess.isHard) throw new ZooKeeperError('QUOTA_EXCEEDED')
    }
  }

  /** The proposal is durable: applies and answers it, and what waited behind it. */
  commit(proposal: Proposal, now: Now): void {
    const { entry, request } = proposal
    const { tree } = this.#state
    const { zxid } = entry.header
    assert(zxid > tree.lastProcessedZxid, `transaction ${zxid} is committed after ${tree.lastProcessedZxid}`)
    this.#outstandingCount--
    const result = this.#state.apply(entry, now.monotonicMs)
    this.#changes.finished(zxid, proposal.changedPaths)
    const { digest, transaction } = entry
    if (digest !== undefined && digest.treeDigest !== tree.digest) {
      this.#outputs.digestMismatch(zxid, digest.treeDigest, tree.digest)
    }
    if (request.client !== undefined) {
      if (transaction.type === OpCode.createSession) {
        request.client.onSession(entry.header.clientId, transaction.value.timeOut)
        this.#outputs.answered(request)
      } else {
        const operation = this.#options.operations.get(request.type) as WriteOperation<unknown>
        this.#reply(request, result.error, result.error === 'OK' ? operation.reply(result) : undefined)
      }
    }
    if (transaction.type === OpCode.closeSession) {
      request.client?.end()
      this.#outputs.sessionClosed(entry.header.clientId)
    }
    if (request.client !== undefined) this.#resume(proposal)
  }

  /** Answers what waited for this proposal only. */
  #resume(proposal: Proposal): void {
    const { sessionId } = proposal.request
    const waiting = this.#waiting.get(sessionId)
    assert(waiting?.shift() === proposal, 'writes of a session are committed in their order')
    for (let next = waiting[0]; typeof next === 'function'; next = waiting[0]) {
      waiting.shift()
      this.#outstandingCount--
      next()
    }
    if (waiting.length === 0) this.#waiting.delete(sessionId)
  }

  #inOrder(request: Request, answer: () => void): void {
    const waiting = this.#waiting.get(request.sessionId)
    if (waiting === undefined) return answer()
    waiting.push(answer)
    this.#outstandingCount++
  }

  #answerRead(operation: ReadOperation<unknown>, request: Request): void {
    const { client, sessionId } = request
    if (client === undefined || client.isClosed) return this.#outputs.answered(request)
    try {
      const body = operation.request.decode(new ByteReader(request.body))
      const reply = operation.answer(body, { tree: this.#state.tree, access: this.access, sessionId, client })
      this.#reply(request, 'OK', reply)
    } catch (error) {
      if (error instanceof ZooKeeperError) this.#reply(request, error.code, undefined)
      else if (error instanceof DecodeError) this.#reply(request, 'MARSHALLING_ERROR', undefined)
      else throw error
    }
  }

  #reply(request: Request, error: ZooKeeperErrorName, body: ReplyBody | undefined): void {
    const client = request.client as Client
    const xid = request.type === OpCode.ping ? Xid.ping : request.xid
    client.reply(xid, this.#state.tree.lastProcessedZxid, ZooKeeperErrorCode[error], body)
    this.#outputs.answered(request)
  }
}
