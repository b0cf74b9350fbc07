import { OdradekError } from '@odradek/base'
import type { Connection, Env, Listener, Logger } from '@odradek/base'
import { createSessionTxn, DigestMd5Server, OpCode, Permission, ustring } from '@odradek/zookeeper-protocol'
import type { ConnectRequest } from '@odradek/zookeeper-protocol'
import { ByteWriter } from '@odradek/base'
import type { ZooKeeperServerConfig } from '../config/zookeeper-server-config.ts'
import type { Proposal } from '../core/pipeline/proposal.ts'
import { RequestPipeline } from '../core/pipeline/request-pipeline.ts'
import type { Now } from '../core/pipeline/request-pipeline.ts'
import { ServerState } from '../core/server-state.ts'
import { overdueNodes } from '../core/tree/overdue-nodes.ts'
import { firstSessionId, sessionPassword } from '../core/session/session-id.ts'
import { operations } from '../operations/all.ts'
import type { ClientConnection } from './client-connection.ts'
import { ClientConnections } from './client-connections.ts'
import type { CommandContext } from './command-context.ts'
import { runFourLetterWord } from './four-letter-words.ts'
import { DataDirectory } from './persistence/data-directory.ts'
import { monitorGauges } from './monitor-values.ts'
import { loadSnapshot } from './persistence/snapshot-reader.ts'
import { writeSnapshot } from './persistence/snapshot-writer.ts'
import { recover } from './persistence/recover.ts'
import { TransactionLog } from './persistence/transaction-log.ts'
import type { ZooKeeperFaults } from '../planted-faults.ts'
import { QuotaLog } from './quota-log.ts'
import { readSaslUsers } from './sasl-users.ts'
import { RepeatedTimers } from './repeated-timers.ts'
import { SnapshotKeeper } from './snapshot-keeper.ts'
import { observeState, ServerMetrics } from './server-metrics.ts'

/** In the top byte of the session ids that this server gives out. */
const serverId = 1

const allPermissions = [Permission.read, Permission.write, Permission.create, Permission.delete, Permission.admin]

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
  readonly startedMs: number
  nextSessionId: bigint
}

/** A ZooKeeper server of its own, without an ensemble. */
export class ZooKeeperServer {
  readonly #env: Env
  readonly #config: ZooKeeperServerConfig
  readonly #options: ZooKeeperServerOptions
  readonly #log: Logger
  readonly #metrics: ServerMetrics
  readonly #trace = { mask: 306n }
  readonly #quotaLog: QuotaLog
  readonly #timers: RepeatedTimers
  #saslUsers: ReadonlyMap<string, string> | undefined
  #restoring: Promise<unknown> | undefined
  #running: Running | undefined
  #listener: Listener | undefined
  #secureListener: Listener | undefined
  #adminListener: Listener | undefined

  constructor(env: Env, config: ZooKeeperServerConfig, options: ZooKeeperServerOptions = {}) {
    this.#env = env
    this.#config = config
    this.#options = options
    this.#log = env.log.child('zookeeper')
    this.#metrics = new ServerMetrics(env.metrics)
    this.#quotaLog = new QuotaLog(this.#log)
    this.#timers = new RepeatedTimers(env.timers)
  }

  /** Where clients connect. */
  get address(): { host: string; port: number } {
    if (this.#listener === undefined)
      throw new ZooKeeperServerError('NOT_RUNNING', 'the ZooKeeper server is not running')
    const { host, port } = this.#listener
    return { host, port }
  }

  /** Where clients that speak TLS connect, if they can. */
  get secureAddress(): { host: string; port: number } | undefined {
    const listener = this.#secureListener
    return listener === undefined ? undefined : { host: listener.host, port: listener.port }
  }

  /** Where the AdminServer is, if there is one. */
  get adminAddress(): { host: string; port: number } | undefined {
    const listener = this.#adminListener
    return listener === undefined ? undefined : { host: listener.host, port: listener.port }
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
        (connection) => this.#accept(connection),
      )
      await this.#listenSecurely()
      await this.#startAdminServer()
      this.#startTimers(running)
    } catch (error) {
      this.#running = undefined
      await this.#closeListeners()
      lock.release()
      throw error
    }
    const { state } = this.#running as Running
    this.#log.info('ZooKeeper server is ready', {
      address: `${this.address.host}:${this.address.port}`,
      nodes: state.tree.nodeCount,
      sessions: state.sessions.size,
      zxid: `0x${state.tree.lastProcessedZxid.toString(16)}`,
    })
  }

  #accept(connection: Connection): void {
    if (this.#running !== undefined) return this.#running.connections.accept(connection)
    connection.handle({ onData: () => undefined, onClose: () => undefined })
    connection.destroy()
  }

  async #listenSecurely(): Promise<void> {
    const { secureClientPort: port, secureClientPortAddress: host } = this.#config
    if (port === undefined) return
    const { readTlsOptions } = await import('./read-tls-options.ts')
    const tls = readTlsOptions(this.#env.disk, this.#config)
    this.#secureListener = await this.#env.network.listen({ host, port, tls }, (connection) => this.#accept(connection))
    this.#log.info('listens for TLS', { address: `${host}:${this.#secureListener.port}` })
  }

  async #closeListeners(): Promise<void> {
    const listeners = [this.#listener, this.#secureListener, this.#adminListener]
    this.#listener = undefined
    this.#secureListener = undefined
    this.#adminListener = undefined
    await Promise.all(listeners.map(async (listener) => listener?.close()))
  }

  async #startAdminServer(): Promise<void> {
    const config = this.#config
    if (!config.adminEnabled) return
    const { adminServer } = await import('./admin/admin-server.ts')
    this.#adminListener = await this.#env.network.listenHttp(
      { host: config.adminAddress, port: config.adminPort },
      adminServer({
        config,
        log: this.#log,
        nowMs: () => this.#env.clock.monotonicMs(),
        context: () => (this.#running === undefined ? undefined : this.#commandContext(this.#running)),
        mayDoAll: (identities) => {
          const { state, pipeline } = this.#running as Running
          const acl = state.tree.aclOf(state.tree.root)
          return allPermissions.every((permission) => pipeline.access.isAllowed(acl, permission, identities))
        },
        takeSnapshot: () => (this.#running as Running).snapshots.takeOfNow(),
        restore: (snapshot) => this.#restoreAlone(snapshot),
      }),
    )
    const { host, port } = this.#adminListener
    this.#log.info('AdminServer is ready', { url: `http://${host}:${port}${config.adminCommandUrl}` })
  }

  async #restoreAlone(snapshot: Buffer): Promise<{ zxid: bigint }> {
    if (this.#restoring !== undefined) throw new ZooKeeperServerError('NOT_RUNNING', 'another restore is under way')
    const restoring = this.#restore(snapshot)
    this.#restoring = restoring
    try {
      return await restoring
    } finally {
      this.#restoring = undefined
    }
  }

  /**
   * Puts the state that a snapshot holds in the place of this one, as a new transaction would: it gets a zxid behind all that the log holds, so that
   * it is what a later start finds, and clients that saw the former state are not told that they were ahead. Every connection is closed.
   */
  async #restore(snapshot: Buffer): Promise<{ zxid: bigint }> {
    const running = this.#running
    if (running === undefined) throw new ZooKeeperServerError('NOT_RUNNING', 'the server is not serving')
    const { disk } = this.#env
    const startMs = this.#nowMs()
    try {
      const state = new ServerState({ tickMs: this.#config.tickTimeMs, digestEnabled: this.#config.digestEnabled })
      loadSnapshot(snapshot, 'what was sent', state, startMs)
      this.#timers.stop()
      running.connections.stopTaking()
      // What is under way is applied still, so that the log ends with what the tree has.
      await running.log.close()
      await running.snapshots.idle()
      if (this.#running !== running) throw new ZooKeeperServerError('NOT_RUNNING', 'the server has stopped')
      this.#running = undefined
      for (const client of running.connections.all) client.destroy()
      const lastZxid = running.state.tree.lastProcessedZxid
      const zxid = state.tree.lastProcessedZxid > lastZxid ? state.tree.lastProcessedZxid : lastZxid + 1n
      state.tree.lastProcessedZxid = zxid
      await writeSnapshot(disk, running.directory, state)
      await this.#resume(running)
      this.#metrics.summaries.restoreTime.record(this.#nowMs() - startMs)
      this.#log.info('restored a snapshot', { nodes: state.tree.nodeCount, zxid: `0x${zxid.toString(16)}` })
      return { zxid }
    } catch (error) {
      this.#metrics.counters.restoreErrors.add()
      if (this.#running === undefined) await this.#resume(running)
      throw error
    }
  }

  /** Serves again what the data directory holds now. */
  async #resume({ directory, lock }: Running): Promise<void> {
    try {
      this.#running = await this.#recover(directory, lock)
      this.#startTimers(this.#running)
    } catch (error) {
      this.#fail(error)
    }
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
    const { counters, summaries } = this.#metrics
    counters.digestMismatches.add(recovered.digestMismatchCount)
    summaries.dbInitTime.record(this.#nowMs() - startedMs)
    summaries.startupTransactions.record(recovered.transactionCount)
    this.#metrics.countWatches(state)
    const log = new TransactionLog(disk, timers, directory, {
      preAllocSizeBytes: config.preAllocSizeBytes,
      nowMs: () => this.#env.clock.monotonicMs(),
      onDurable: (proposals) => this.#commit(proposals),
      onFailure: (error) => this.#fail(error),
      answerBeforeSync: faults.answerBeforeSync ?? false,
      onSync: (durationMs, count) => {
        summaries.fsyncTime.record(durationMs)
        summaries.syncBatchSize.record(count)
      },
    })
    const snapshots = new SnapshotKeeper(
      {
        disk,
        directory,
        state,
        random: random.fork('snapshots'),
        log: this.#log,
        metrics: this.#metrics,
        wallMs: () => this.#env.clock.wallMs(),
        nowMs: () => this.#env.clock.monotonicMs(),
      },
      { snapCount: config.snapCount, purgeRetainCount: config.purgeRetainCount, rollLog: () => log.roll() },
      { transactionCount: recovered.transactionCount, lastZxid: recovered.snapshotZxid ?? 0n },
    )
    // Apache's server does not start on logs alone.
    if (recovered.snapshotZxid === undefined) await snapshots.take()
    const { pipeline, connections } = this.#createPipeline(state, log)
    const nextSessionId = this.#nextSessionId(state)
    const running = { state, pipeline, log, snapshots, connections, directory, lock, startedMs, nextSessionId }
    observeState(this.#env.metrics, state, () => monitorGauges(this.#commandContext(running)))
    return running
  }

  #createPipeline(
    state: ServerState,
    log: TransactionLog,
  ): { pipeline: RequestPipeline; connections: ClientConnections } {
    const pipeline = new RequestPipeline(
      state,
      { operations, ...this.#config },
      {
        propose: (proposal) => log.append(proposal),
        sessionClosed: (sessionId) => connections.endSession(sessionId),
        answered: ({ receivedMs, type }) => {
          const latencyMs = this.#env.clock.monotonicMs() - receivedMs
          connections.statistics.addLatency(latencyMs)
          const isRead = operations.get(type)?.kind === 'read'
          this.#metrics.summaries[isRead ? 'readLatency' : 'updateLatency'].record(latencyMs)
        },
        quotaExceeded: (excess) => this.#quotaLog.tell(excess, this.#nowMs()),
        digestMismatch: (zxid, expected, actual) => {
          this.#metrics.counters.digestMismatches.add()
          this.#log.error('the tree has another digest than was foretold', { zxid, expected, actual })
        },
      },
    )
    const connections: ClientConnections = new ClientConnections({
      config: this.#config,
      createSaslServer: () => this.#createSaslServer(),
      access: pipeline.access,
      log: this.#log,
      counters: this.#metrics.counters,
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
    this.#metrics.counters.commits.add(proposals.length)
    running.connections.resumeWaiting()
    running.connections.flush()
    running.snapshots.onCommitted(proposals.length)
  }

  #startTimers(running: Running): void {
    const { tickTimeMs, containerCheckIntervalMs, purgeIntervalMs } = this.#config
    const untilNextTick = (): number => tickTimeMs - (this.#nowMs() % tickTimeMs) + 1
    this.#timers.repeat('tick', untilNextTick, () => {
      running.connections.closeIdle()
      // What has arrived is read first: it may be from one whose time seems to be up because this process was not running.
      this.#env.timers.endOfTurn(() => this.#expireSessions(running))
    })
    this.#timers.repeat(
      'containers',
      () => containerCheckIntervalMs,
      () => this.#removeOverdue(running),
    )
    if (purgeIntervalMs > 0) {
      running.snapshots.purge()
      this.#timers.repeat(
        'purge',
        () => purgeIntervalMs,
        () => running.snapshots.purge(),
      )
    }
  }

  #expireSessions({ state }: Running): void {
    for (const sessionId of state.sessions.expire(this.#nowMs())) {
      this.#metrics.counters.sessionsExpired.add()
      this.#log.info('session expired', { session: `0x${BigInt.asUintN(64, sessionId).toString(16)}` })
      this.#submitOwn(OpCode.closeSession, sessionId, Buffer.alloc(0))
    }
  }

  #removeOverdue({ state }: Running): void {
    for (const path of overdueNodes(state.tree, BigInt(this.#env.clock.wallMs()))) {
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
    return runFourLetterWord(word, this.#commandContext(this.#running as Running))
  }

  #commandContext({ state, connections, pipeline, directory, startedMs, snapshots }: Running): CommandContext {
    return {
      config: this.#config,
      state,
      statistics: connections.statistics,
      connections: connections.all,
      outstandingCount: pipeline.outstandingCount,
      clientPort: this.#listener?.port ?? this.#config.clientPort,
      secureClientPort: this.#secureListener?.port ?? -1,
      hostname: this.#env.network.hostname(),
      startedMs,
      nowMs: this.#env.clock.monotonicMs(),
      wallMs: this.#env.clock.wallMs(),
      snapshotZxid: snapshots.lastZxid,
      snapshotWallMs: snapshots.lastWallMs,
      metrics: this.#metrics,
      trace: this.#trace,
      sizesBytes: () => directory.sizeBytes(),
    }
  }

  #fail(error: unknown): void {
    this.#metrics.counters.unrecoverableErrors.add()
    this.#log.error('the transaction log cannot be written: the server stops, since what is on the disk is not known', {
      error,
    })
    const running = this.#running
    this.#running = undefined
    this.#timers.stop()
    void this.#closeListeners()
    for (const client of running?.connections.all ?? []) client.destroy()
    if (this.#options.onFailure !== undefined) return this.#options.onFailure(error)
    queueMicrotask(() => {
      throw error
    })
  }

  /** Stops taking requests, makes durable and answers those under way, and closes. Sessions live on until their time-out. */
  async close(): Promise<void> {
    await this.#restoring?.catch(() => undefined)
    const running = this.#running
    if (running === undefined) return
    this.#timers.stop()
    await this.#closeListeners()
    running.connections.stopTaking()
    await running.log.close()
    running.connections.closeAll()
    await running.snapshots.idle()
    this.#running = undefined
    running.lock.release()
    this.#log.info('ZooKeeper server stopped')
  }
}
