import { OdradekError } from '@odradek/base'
import type { Env, Listener, Logger, Timer } from '@odradek/base'
import { createSessionTxn, DigestMd5Server, OpCode, ustring } from '@odradek/zookeeper-protocol'
import type { ConnectRequest } from '@odradek/zookeeper-protocol'
import { ByteWriter } from '@odradek/base'
import type { ZooKeeperServerConfig } from '../config/zookeeper-server-config.ts'
import { nodeKindOf, ttlMsOf } from '../core/ephemeral-owner.ts'
import type { Proposal } from '../core/pipeline/proposal.ts'
import { RequestPipeline } from '../core/pipeline/request-pipeline.ts'
import type { Now } from '../core/pipeline/request-pipeline.ts'
import type { ServerState } from '../core/server-state.ts'
import type { QuotaExcess } from '../core/tree/quota-statistics.ts'
import { firstSessionId, sessionPassword } from '../core/session/session-id.ts'
import { operations } from '../operations/all.ts'
import type { ClientConnection } from './client-connection.ts'
import { ClientConnections } from './client-connections.ts'
import { runFourLetterWord } from './four-letter-words.ts'
import { DataDirectory } from './persistence/data-directory.ts'
import { recover } from './persistence/recover.ts'
import { TransactionLog } from './persistence/transaction-log.ts'
import type { ZooKeeperFaults } from '../planted-faults.ts'
import { readSaslUsers } from './sasl-users.ts'
import { SnapshotKeeper } from './snapshot-keeper.ts'
import { registerServerMetrics } from './server-metrics.ts'
import type { ServerMetrics } from './server-metrics.ts'

/** In the top byte of the session ids that this server gives out. */
const serverId = 1

const quotaLogIntervalMs = 10_000

export class ZooKeeperServerError extends OdradekError<'NOT_RUNNING'> {}

export interface ZooKeeperServerOptions {
  /**
   * The log could not be written: the server has stopped, and the process has to end, since nobody knows what is on the disk.
   * Without this the error is thrown where nobody catches it, which ends the process.
   */
  readonly onFailure?: (error: unknown) => void
  /** For tests only. */
  readonly faults?: ZooKeeperFaults
}

/** What there is while the server runs. */
interface Running {
  readonly state: ServerState
  readonly pipeline: RequestPipeline
  readonly log: TransactionLog
  readonly snapshots: SnapshotKeeper
  readonly connections: ClientConnections
  readonly directory: DataDirectory
  readonly lock: { release(): void }
  readonly metrics: ServerMetrics
  readonly startedMs: number
  nextSessionId: bigint
}

/** A ZooKeeper server of its own, without an ensemble. */
export class ZooKeeperServer {
  readonly #env: Env
  readonly #config: ZooKeeperServerConfig
  readonly #options: ZooKeeperServerOptions
  readonly #log: Logger
  readonly #timers = new Map<string, Timer>()
  #saslUsers: ReadonlyMap<string, string> | undefined
  #excessToldMs = Number.NEGATIVE_INFINITY
  #running: Running | undefined
  #listener: Listener | undefined

  constructor(env: Env, config: ZooKeeperServerConfig, options: ZooKeeperServerOptions = {}) {
    this.#env = env
    this.#config = config
    this.#options = options
    this.#log = env.log.child('zookeeper')
  }

  /** Where clients connect. */
  get address(): { host: string; port: number } {
    if (this.#listener === undefined)
      throw new ZooKeeperServerError('NOT_RUNNING', 'the ZooKeeper server is not running')
    const { host, port } = this.#listener
    return { host, port }
  }

  /** Loads what the data directory holds, and listens. */
  async start(): Promise<void> {
    for (const warning of this.#config.warnings) this.#log.warn(warning)
    const { disk, network } = this.#env
    this.#saslUsers = readSaslUsers(disk, this.#config)
    const directory = new DataDirectory(disk, this.#config.dataDir, this.#config.dataLogDir)
    directory.make()
    const lock = disk.lockSync(`${directory.logDirectory}/.lock`)
    try {
      const running = await this.#recover(directory, lock)
      this.#running = running
      this.#listener = await network.listen(
        { host: this.#config.clientPortAddress, port: this.#config.clientPort },
        (connection) => running.connections.accept(connection),
      )
      this.#startTimers(running)
    } catch (error) {
      this.#running = undefined
      lock.release()
      throw error
    }
    const { state } = this.#running
    this.#log.info('ZooKeeper server is ready', {
      address: `${this.address.host}:${this.address.port}`,
      nodes: state.tree.nodeCount,
      sessions: state.sessions.size,
      zxid: `0x${state.tree.lastProcessedZxid.toString(16)}`,
    })
  }

  async #recover(directory: DataDirectory, lock: { release(): void }): Promise<Running> {
    const { disk, timers, random } = this.#env
    const config = this.#config
    const { faults = {} } = this.#options
    const startedMs = this.#nowMs()
    const recovered = recover(disk, directory, {
      tickMs: config.tickTimeMs,
      digestEnabled: config.digestEnabled,
      nowMs: startedMs,
      log: this.#log,
      skipCrc: faults.skipCrc ?? false,
    })
    const { state } = recovered
    if (faults.forgetWatch === true) state.tree.watches.data.forgetEvery = 4
    const metrics = registerServerMetrics(this.#env.metrics, state)
    metrics.digestMismatches.add(recovered.digestMismatchCount)
    const log = new TransactionLog(disk, timers, directory, {
      preAllocSizeBytes: config.preAllocSizeBytes,
      nowMs: () => this.#env.clock.monotonicMs(),
      onDurable: (proposals) => this.#commit(proposals),
      onFailure: (error) => this.#fail(error),
      answerBeforeSync: faults.answerBeforeSync ?? false,
      onSync: (durationMs, count) => {
        metrics.syncDuration.record(durationMs)
        metrics.syncBatchSize.record(count)
      },
    })
    const snapshots = new SnapshotKeeper(
      { disk, directory, state, random: random.fork('snapshots'), log: this.#log },
      { snapCount: config.snapCount, purgeRetainCount: config.purgeRetainCount, rollLog: () => log.roll() },
      { transactionCount: recovered.transactionCount, lastZxid: recovered.snapshotZxid ?? 0n },
    )
    // Apache's server does not start on logs alone.
    if (recovered.snapshotZxid === undefined) await snapshots.take()
    const { pipeline, connections } = this.#createPipeline(state, log, metrics)
    const nextSessionId = this.#nextSessionId(state)
    return { state, pipeline, log, snapshots, connections, directory, lock, metrics, startedMs, nextSessionId }
  }

  #createPipeline(
    state: ServerState,
    log: TransactionLog,
    metrics: ServerMetrics,
  ): { pipeline: RequestPipeline; connections: ClientConnections } {
    const pipeline = new RequestPipeline(
      state,
      { operations, ...this.#config },
      {
        propose: (proposal) => log.append(proposal),
        sessionClosed: (sessionId) => connections.endSession(sessionId),
        answered: ({ receivedMs }) => connections.statistics.addLatency(this.#env.clock.monotonicMs() - receivedMs),
        quotaExceeded: (excess) => this.#tellExcess(excess),
        digestMismatch: (zxid, expected, actual) => {
          metrics.digestMismatches.add()
          this.#log.error('the tree has another digest than was foretold', { zxid, expected, actual })
        },
      },
    )
    const connections: ClientConnections = new ClientConnections({
      config: this.#config,
      createSaslServer: () => this.#createSaslServer(),
      access: pipeline.access,
      log: this.#log,
      nowMs: () => this.#env.clock.monotonicMs(),
      outstandingCount: () => pipeline.outstandingCount,
      openSession: (connection, request) => this.#openSession(connection, request),
      submit: (request) => {
        state.sessions.touch(request.sessionId, this.#nowMs())
        pipeline.submit(request, this.#now())
      },
      runCommand: (word) => this.#runCommand(word),
      closed: (connection) => state.tree.watches.removeWatcher(connection),
    })
    return { pipeline, connections }
  }

  /** Once in a while: whoever goes beyond a limit does it often. */
  #tellExcess({ subtree, what, isHard, limit, wanted }: QuotaExcess): void {
    const nowMs = this.#nowMs()
    if (nowMs < this.#excessToldMs + quotaLogIntervalMs) return
    this.#excessToldMs = nowMs
    const limitName = `${isHard ? 'hard' : 'soft'} limit`
    this.#log.warn(`a quota ${isHard ? 'refuses a write' : 'is exceeded'}`, {
      subtree,
      what,
      [limitName]: limit,
      wanted,
    })
  }

  #createSaslServer(): DigestMd5Server | undefined {
    const users = this.#saslUsers
    if (users === undefined) return undefined
    const nonce = this.#env.random.bytes(30).toString('base64')
    return new DigestMd5Server({ passwordOf: (user) => users.get(user), nonce })
  }

  /** Ids go up with the clock; should that have gone back, from the last that is known. */
  #nextSessionId(state: ServerState): bigint {
    let next = firstSessionId(serverId, this.#env.clock.wallMs())
    for (const [id] of state.sessions.timeouts()) if (id >> 56n === BigInt(serverId) && id >= next) next = id + 1n
    return next
  }

  #now(): Now {
    return { wallMs: this.#env.clock.wallMs(), monotonicMs: this.#nowMs() }
  }

  #nowMs(): number {
    return Math.floor(this.#env.clock.monotonicMs())
  }

  #openSession(connection: ClientConnection, request: ConnectRequest): void {
    const running = this.#running
    if (running === undefined) return connection.destroy()
    const { state, connections, pipeline } = running
    if (request.lastZxidSeen > state.tree.lastProcessedZxid) {
      connections.warn('closed a connection: its client has seen later transactions than this server', connection)
      return connection.destroy()
    }
    const timeoutMs = Math.min(
      Math.max(request.timeOut, this.#config.minSessionTimeoutMs),
      this.#config.maxSessionTimeoutMs,
    )
    if (request.sessionId !== 0n) return this.#reopenSession(connection, request, timeoutMs)
    const sessionId = running.nextSessionId++
    connections.attach(sessionId, connection)
    connection.sessionId = sessionId
    const body = createSessionTxn.toBuffer({ timeOut: timeoutMs })
    const receivedMs = this.#env.clock.monotonicMs()
    pipeline.submit(
      { sessionId, xid: 0, type: OpCode.createSession, body, client: connection, receivedMs },
      this.#now(),
    )
  }

  #reopenSession(connection: ClientConnection, request: ConnectRequest, timeoutMs: number): void {
    const { state, connections } = this.#running as Running
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
    const running = this.#running
    if (running === undefined) return
    const now = this.#now()
    for (const proposal of proposals) running.pipeline.commit(proposal, now)
    running.connections.resumeWaiting()
    running.connections.flush()
    running.snapshots.onCommitted(proposals.length)
  }

  #startTimers(running: Running): void {
    const { tickTimeMs, containerCheckIntervalMs, purgeIntervalMs } = this.#config
    const untilNextTick = (): number => tickTimeMs - (this.#nowMs() % tickTimeMs) + 1
    this.#repeat('tick', untilNextTick, () => {
      running.connections.closeIdle()
      // What has arrived is read first: it may be from one whose time seems to be up because this process was not running.
      this.#env.timers.endOfTurn(() => this.#expireSessions(running))
    })
    this.#repeat(
      'containers',
      () => containerCheckIntervalMs,
      () => this.#removeEmptyContainers(running),
    )
    if (purgeIntervalMs > 0) {
      running.snapshots.purge()
      this.#repeat(
        'purge',
        () => purgeIntervalMs,
        () => running.snapshots.purge(),
      )
    }
  }

  #repeat(name: string, delayMs: () => number, action: () => void): void {
    const timer = this.#env.timers.after(delayMs(), () => {
      this.#repeat(name, delayMs, action)
      action()
    })
    this.#timers.set(name, timer)
  }

  #expireSessions({ state }: Running): void {
    for (const sessionId of state.sessions.expire(this.#nowMs())) {
      this.#log.info('session expired', { session: `0x${BigInt.asUintN(64, sessionId).toString(16)}` })
      this.#submitOwn(OpCode.closeSession, sessionId, Buffer.alloc(0))
    }
  }

  /** Containers that have had a child and have none, and nodes whose time to live is over and that have none. */
  #removeEmptyContainers({ state }: Running): void {
    const { tree } = state
    const wallMs = BigInt(this.#env.clock.wallMs())
    for (const path of [...tree.owned.containers, ...tree.owned.ttlNodes]) {
      const node = tree.get(path)
      if (node === undefined || node.childCount > 0) continue
      const { ephemeralOwner } = node
      const isOver =
        nodeKindOf(ephemeralOwner) === 'container' ? node.cversion > 0 : wallMs - node.mtime > ttlMsOf(ephemeralOwner)
      if (!isOver) continue
      const writer = new ByteWriter(64)
      ustring.encode(writer, path)
      this.#submitOwn(OpCode.deleteContainer, 0n, writer.concat())
    }
  }

  #submitOwn(type: number, sessionId: bigint, body: Buffer): void {
    const receivedMs = this.#env.clock.monotonicMs()
    this.#running?.pipeline.submit({ sessionId, xid: 0, type, body, client: undefined, receivedMs }, this.#now())
  }

  #runCommand(word: string): string {
    const { state, connections, pipeline, directory, startedMs, snapshots, metrics } = this.#running as Running
    return runFourLetterWord(word, {
      config: this.#config,
      state,
      statistics: connections.statistics,
      connections: connections.all,
      outstandingCount: pipeline.outstandingCount,
      clientPort: this.address.port,
      hostname: this.#env.network.hostname(),
      startedMs,
      nowMs: this.#env.clock.monotonicMs(),
      wallMs: this.#env.clock.wallMs(),
      snapshotZxid: snapshots.lastZxid,
      digestMismatchCount: metrics.digestMismatches.value,
      sizesBytes: () => directory.sizeBytes(),
    })
  }

  #fail(error: unknown): void {
    this.#log.error('the transaction log cannot be written: the server stops, since what is on the disk is not known', {
      error,
    })
    const running = this.#running
    this.#running = undefined
    this.#stopTimers()
    void this.#listener?.close()
    for (const client of running?.connections.all ?? []) client.destroy()
    if (this.#options.onFailure !== undefined) return this.#options.onFailure(error)
    queueMicrotask(() => {
      throw error
    })
  }

  #stopTimers(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  /** Stops taking requests, makes durable and answers those under way, and closes. Sessions live on until their time-out. */
  async close(): Promise<void> {
    const running = this.#running
    if (running === undefined) return
    this.#stopTimers()
    await this.#listener?.close()
    running.connections.stopTaking()
    await running.log.close()
    running.connections.closeAll()
    await running.snapshots.idle()
    this.#running = undefined
    this.#listener = undefined
    running.lock.release()
    this.#log.info('ZooKeeper server stopped')
  }
}
