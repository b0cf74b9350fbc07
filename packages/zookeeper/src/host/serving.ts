import { ByteWriter } from '@odradek/base'
import type { Connection, Env, Logger } from '@odradek/base'
import { createSessionTxn, DigestMd5Server, OpCode, ustring } from '@odradek/zookeeper-protocol'
import type { ConnectRequest } from '@odradek/zookeeper-protocol'
import type { ZooKeeperServerConfig } from '../config/zookeeper-server-config.ts'
import type { Proposal } from '../core/pipeline/proposal.ts'
import { RequestPipeline } from '../core/pipeline/request-pipeline.ts'
import type { Now } from '../core/pipeline/request-pipeline.ts'
import { RequestThrottle } from '../core/pipeline/request-throttle.ts'
import type { Request } from '../core/request.ts'
import type { ServerState } from '../core/server-state.ts'
import { firstSessionId, sessionPassword } from '../core/session/session-id.ts'
import { overdueNodes } from '../core/tree/overdue-nodes.ts'
import type { Watcher } from '../core/watch/watcher.ts'
import { operations } from '../operations/all.ts'
import type { ZooKeeperFaults } from '../planted-faults.ts'
import type { ClientConnection } from './client-connection.ts'
import { ClientConnections } from './client-connections.ts'
import type { DataDirectory } from './persistence/data-directory.ts'
import type { Recovered } from './persistence/recover.ts'
import { TransactionLog } from './persistence/transaction-log.ts'
import type { QuotaLog } from './quota-log.ts'
import type { RepeatedTimers } from './repeated-timers.ts'
import type { ServerMetrics } from './server-metrics.ts'
import { SnapshotKeeper } from './snapshot-keeper.ts'

/** In the top byte of the session ids that this server gives out. */
const serverId = 1

/** What a served state needs of the server around it. */
export interface ServingContext {
  readonly env: Env
  readonly config: ZooKeeperServerConfig
  readonly log: Logger
  readonly metrics: ServerMetrics
  readonly quotaLog: QuotaLog
  readonly directory: DataDirectory
  /** Undefined: no SASL. */
  readonly saslUsers: ReadonlyMap<string, string> | undefined
  readonly faults: ZooKeeperFaults
  readonly startedMs: number
  runCommand(word: string): string
  /** The log could not be written. */
  failed(error: unknown): void
}

/**
 * One state being served: the tree and sessions that recovery found, the pipeline before them, the log and the snapshots behind, and the connections.
 * It lasts until the server stops, or until a restore puts another state in its place.
 */
export class Serving {
  readonly state: ServerState
  readonly pipeline: RequestPipeline
  readonly log: TransactionLog
  readonly snapshots: SnapshotKeeper
  readonly connections: ClientConnections
  readonly directory: DataDirectory
  readonly startedMs: number
  readonly #context: ServingContext
  readonly #throttle: RequestThrottle
  #nextSessionId: bigint
  #isOver = false
  #isSweeping = false

  constructor(context: ServingContext, recovered: Recovered) {
    const { env, config, faults, metrics } = context
    this.#context = context
    this.state = recovered.state
    this.directory = context.directory
    this.startedMs = context.startedMs
    this.log = new TransactionLog(env.disk, env.timers, context.directory, {
      preAllocSizeBytes: config.preAllocSizeBytes,
      forceSync: config.forceSync,
      nowMs: () => env.clock.monotonicMs(),
      onDurable: (proposals) => this.#commit(proposals),
      onFailure: (error) => context.failed(error),
      answerBeforeSync: faults.answerBeforeSync ?? false,
      onSync: (durationMs, count) => this.#onSync(durationMs, count),
    })
    this.snapshots = new SnapshotKeeper(
      {
        disk: env.disk,
        directory: context.directory,
        state: this.state,
        random: env.random.fork('snapshots'),
        log: context.log,
        metrics,
        wallMs: () => env.clock.wallMs(),
        nowMs: () => env.clock.monotonicMs(),
      },
      { snapCount: config.snapCount, purgeRetainCount: config.purgeRetainCount, rollLog: () => this.log.roll() },
      { transactionCount: recovered.transactionCount, lastZxid: recovered.snapshotZxid ?? 0n },
    )
    this.pipeline = this.#createPipeline()
    this.#throttle = new RequestThrottle(config, {
      isFull: () => this.pipeline.outstandingCount >= config.requestsUnderWayMax,
      forward: (request) => this.pipeline.submit(request, this.#now()),
      waited: (durationMs) => metrics.summaries.requestThrottleQueueTime.record(durationMs),
      dropped: (request) => {
        metrics.counters.staleRequestsDropped.add()
        this.connections.released(request)
        request.client?.end()
      },
      stale: () => metrics.counters.staleRequests.add(),
      throttled: () => metrics.counters.throttledOperations.add(),
    })
    this.connections = this.#createConnections()
    this.#nextSessionId = this.#firstSessionId()
  }

  /** Nothing is committed, or accepted, any more. */
  end(): void {
    this.#isOver = true
  }

  get outstandingCount(): number {
    return this.pipeline.outstandingCount + this.#throttle.waitingCount
  }

  accept(connection: Connection): void {
    this.connections.accept(connection)
  }

  #onSync(durationMs: number, count: number): void {
    const { metrics, config, log } = this.#context
    metrics.summaries.fsyncTime.record(durationMs)
    metrics.summaries.syncBatchSize.record(count)
    if (durationMs <= config.syncWarningThresholdMs) return
    metrics.slowSyncCount++
    log.warn('a sync of the transaction log took long: every write waits for it; look at the disk', {
      durationMs: Math.round(durationMs),
    })
  }

  #createPipeline(): RequestPipeline {
    const { config, env, metrics, quotaLog, log } = this.#context
    return new RequestPipeline(
      this.state,
      { operations, ...config },
      {
        propose: (proposal) => {
          metrics.proposals.add(proposal.bytes.length)
          this.log.append(proposal)
        },
        sessionClosed: (sessionId) => this.connections.endSession(sessionId),
        answered: (request) => {
          const latencyMs = env.clock.monotonicMs() - request.receivedMs
          this.connections.answered(request, latencyMs)
          const isRead = operations.get(request.type)?.kind === 'read'
          metrics.summaries[isRead ? 'readLatency' : 'updateLatency'].record(latencyMs)
        },
        quotaExceeded: (excess) => quotaLog.tell(excess, this.#nowMs()),
        digestMismatch: (zxid, expected, actual) => {
          metrics.counters.digestMismatches.add()
          log.error('the tree has another digest than was foretold', { zxid, expected, actual })
        },
      },
    )
  }

  #createConnections(): ClientConnections {
    const { config, env, metrics, log, saslUsers } = this.#context
    return new ClientConnections({
      config,
      createSaslServer: () => {
        if (saslUsers === undefined) return undefined
        const nonce = env.random.bytes(30).toString('base64')
        return new DigestMd5Server({ passwordOf: (user) => saslUsers.get(user), nonce })
      },
      access: this.pipeline.access,
      log,
      counters: metrics.counters,
      tokenDeficit: metrics.summaries.connectionTokenDeficit,
      random: env.random.fork('connection throttle'),
      nowMs: () => env.clock.monotonicMs(),
      outstandingCount: () => this.outstandingCount,
      openSession: (connection, request) => this.#openSession(connection, request),
      submit: (request) => this.#submit(request),
      runCommand: (word) => this.#context.runCommand(word),
      closed: (connection) => this.#removeWatcher(connection),
    })
  }

  #submit(request: Request): void {
    this.state.sessions.touch(request.sessionId, this.#nowMs())
    this.#throttle.submit(request, this.#nowMs())
    if (this.state.tree.watches.sizeBytes > this.#context.config.watchesSizeBytesMax) this.#cutOffHeaviest()
  }

  /** Nobody may use up the memory that all need. */
  #cutOffHeaviest(): void {
    const heaviest = this.state.tree.watches.heaviest()
    for (const client of this.connections.all) {
      if (client === heaviest) this.connections.cutOff(client, 'it has the most watches (odradek.watchesSizeMaxMiB)')
    }
    if (heaviest !== undefined) this.#removeWatcher(heaviest)
  }

  #removeWatcher(watcher: Watcher): void {
    this.state.tree.watches.removeWatcher(watcher)
    this.#sweepWatches()
  }

  /** A million watches take a second: others are served in between. */
  #sweepWatches(): void {
    if (this.#isSweeping || !this.state.tree.watches.sweep()) return
    this.#isSweeping = true
    this.#context.env.timers.endOfTurn(() => {
      this.#isSweeping = false
      this.#sweepWatches()
    })
  }

  /** Ids go up with the clock; should that have gone back, from the last that is known. */
  #firstSessionId(): bigint {
    let next = firstSessionId(serverId, this.#context.env.clock.wallMs())
    for (const [id] of this.state.sessions.timeouts()) if (id >> 56n === BigInt(serverId) && id >= next) next = id + 1n
    return next
  }

  #now(): Now {
    return { wallMs: this.#context.env.clock.wallMs(), monotonicMs: this.#nowMs() }
  }

  #nowMs(): number {
    return Math.floor(this.#context.env.clock.monotonicMs())
  }

  #openSession(connection: ClientConnection, request: ConnectRequest): void {
    if (this.#isOver) return connection.destroy()
    const { config, env } = this.#context
    if (request.lastZxidSeen > this.state.tree.lastProcessedZxid) {
      this.connections.warn('closed a connection: its client has seen later transactions than this server', connection)
      return connection.destroy()
    }
    const timeoutMs = Math.min(Math.max(request.timeOut, config.minSessionTimeoutMs), config.maxSessionTimeoutMs)
    if (request.sessionId !== 0n) return this.#reopenSession(connection, request, timeoutMs)
    const sessionId = this.#nextSessionId++
    this.connections.attach(sessionId, connection)
    connection.sessionId = sessionId
    const body = createSessionTxn.toBuffer({ timeOut: timeoutMs })
    const receivedMs = env.clock.monotonicMs()
    this.pipeline.submit(
      { sessionId, xid: 0, type: OpCode.createSession, body, client: connection, receivedMs },
      this.#now(),
    )
  }

  #reopenSession(connection: ClientConnection, request: ConnectRequest, timeoutMs: number): void {
    const { state, connections } = this
    const { sessionId, passwd } = request
    // The former connection goes even when the password is wrong, as with the real server.
    connections.replace(sessionId)
    const isPassword = passwd !== null && sessionPassword(sessionId).equals(passwd)
    if (!isPassword || !state.sessions.touch(sessionId, this.#nowMs())) return connection.refuseSession()
    state.sessions.track(sessionId, timeoutMs, this.#nowMs())
    connections.attach(sessionId, connection)
    connection.onSession(sessionId, timeoutMs)
  }

  #commit(proposals: readonly Proposal[]): void {
    if (this.#isOver) return
    const now = this.#now()
    for (const proposal of proposals) this.pipeline.commit(proposal, now)
    this.#context.metrics.counters.commits.add(proposals.length)
    this.#throttle.resume(this.#nowMs())
    this.connections.resumeWaiting()
    this.connections.flush()
    this.snapshots.onCommitted(proposals.length)
  }

  startTimers(repeated: RepeatedTimers): void {
    const { env, config } = this.#context
    const { tickTimeMs, containerCheckIntervalMs, purgeIntervalMs } = config
    const untilNextTick = (): number => tickTimeMs - (this.#nowMs() % tickTimeMs) + 1
    repeated.repeat('tick', untilNextTick, () => {
      this.connections.closeIdle()
      this.connections.closeUnread()
      // What has arrived is read first: it may be from one whose time seems to be up because this process was not running.
      env.timers.endOfTurn(() => this.#expireSessions())
    })
    repeated.repeat(
      'containers',
      () => containerCheckIntervalMs,
      () => this.#removeOverdue(),
    )
    if (purgeIntervalMs > 0) {
      this.snapshots.purge()
      repeated.repeat(
        'purge',
        () => purgeIntervalMs,
        () => this.snapshots.purge(),
      )
    }
  }

  #expireSessions(): void {
    const { metrics, log } = this.#context
    for (const sessionId of this.state.sessions.expire(this.#nowMs())) {
      metrics.counters.sessionsExpired.add()
      log.info('session expired', { session: `0x${BigInt.asUintN(64, sessionId).toString(16)}` })
      this.#submitOwn(OpCode.closeSession, sessionId, Buffer.alloc(0))
    }
  }

  #removeOverdue(): void {
    for (const path of overdueNodes(this.state.tree, BigInt(this.#context.env.clock.wallMs()))) {
      const writer = new ByteWriter(64)
      ustring.encode(writer, path)
      this.#submitOwn(OpCode.deleteContainer, 0n, writer.concat())
    }
  }

  #submitOwn(type: number, sessionId: bigint, body: Buffer): void {
    if (this.#isOver) return
    const receivedMs = this.#context.env.clock.monotonicMs()
    this.pipeline.submit({ sessionId, xid: 0, type, body, client: undefined, receivedMs }, this.#now())
  }
}
