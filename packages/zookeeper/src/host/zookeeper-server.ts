import { OdradekError } from '@odradek/base'
import type { Connection, Env, Listener, Logger } from '@odradek/base'
import { Permission } from '@odradek/zookeeper-protocol'
import type { ZooKeeperServerConfig } from '../config/zookeeper-server-config.ts'
import { ServerState } from '../core/server-state.ts'
import type { CommandContext } from './command-context.ts'
import { runFourLetterWord } from './four-letter-words.ts'
import { fileDescriptors } from './file-descriptors.ts'
import { DataDirectory } from './persistence/data-directory.ts'
import { monitorGauges } from './monitor-values.ts'
import { loadSnapshot } from './persistence/snapshot-reader.ts'
import { writeSnapshot } from './persistence/snapshot-writer.ts'
import { recover } from './persistence/recover.ts'
import type { ZooKeeperFaults } from '../planted-faults.ts'
import { QuotaLog } from './quota-log.ts'
import { readSaslUsers } from './sasl-users.ts'
import { RepeatedTimers } from './repeated-timers.ts'
import { observeState, ServerMetrics } from './server-metrics.ts'
import { Serving } from './serving.ts'

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
  #running: Serving | undefined
  #lock: { release(): void } | undefined
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
      this.#lock = lock
      const running = await this.#recover(directory)
      this.#running = running
      this.#listener = await network.listen(
        { host: this.#config.clientPortAddress, port: this.#config.clientPort },
        (connection) => this.#accept(connection),
      )
      await this.#listenSecurely()
      await this.#startAdminServer()
      running.startTimers(this.#timers)
    } catch (error) {
      this.#running = undefined
      await this.#closeListeners()
      lock.release()
      throw error
    }
    const { state } = this.#running as Serving
    this.#log.info('ZooKeeper server is ready', {
      address: `${this.address.host}:${this.address.port}`,
      nodes: state.tree.nodeCount,
      sessions: state.sessions.size,
      zxid: `0x${state.tree.lastProcessedZxid.toString(16)}`,
    })
  }

  #accept(connection: Connection): void {
    if (this.#running !== undefined) return this.#running.accept(connection)
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
        counters: this.#metrics.counters,
        nowMs: () => this.#env.clock.monotonicMs(),
        context: () => (this.#running === undefined ? undefined : this.#commandContext(this.#running)),
        mayDoAll: (identities) => {
          const { state, pipeline } = this.#running as Serving
          const acl = state.tree.aclOf(state.tree.root)
          return allPermissions.every((permission) => pipeline.access.isAllowed(acl, permission, identities))
        },
        takeSnapshot: () => (this.#running as Serving).snapshots.takeOfNow(),
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
      running.end()
      for (const client of running.connections.all) client.destroy()
      const lastZxid = running.state.tree.lastProcessedZxid
      const zxid = state.tree.lastProcessedZxid > lastZxid ? state.tree.lastProcessedZxid : lastZxid + 1n
      state.tree.lastProcessedZxid = zxid
      await writeSnapshot(disk, running.directory, state)
      await this.#resume(running.directory)
      this.#metrics.summaries.restoreTime.record(this.#nowMs() - startMs)
      this.#log.info('restored a snapshot', { nodes: state.tree.nodeCount, zxid: `0x${zxid.toString(16)}` })
      return { zxid }
    } catch (error) {
      this.#metrics.counters.restoreErrors.add()
      if (this.#running === undefined) await this.#resume(running.directory)
      throw error
    }
  }

  /** Serves again what the data directory holds now. */
  async #resume(directory: DataDirectory): Promise<void> {
    try {
      this.#running = await this.#recover(directory)
      this.#running.startTimers(this.#timers)
    } catch (error) {
      this.#fail(error)
    }
  }

  async #recover(directory: DataDirectory): Promise<Serving> {
    const { disk } = this.#env
    const config = this.#config
    const { faults = {} } = this.#options
    const startedMs = this.#nowMs()
    const recovered = recover(disk, directory, {
      tickMs: config.tickTimeMs,
      digestEnabled: config.digestEnabled,
      nowMs: startedMs,
      log: this.#log,
      skipCrc: faults.skipCrc ?? false,
      clockMs: () => this.#env.clock.monotonicMs(),
    })
    const { state } = recovered
    if (faults.forgetWatch === true) state.tree.watches.data.forgetEvery = 4
    if (faults.forgetRecursive === true) state.tree.watches.data.forgetRecursiveEvery = 4
    if (faults.keepEphemerals === true) state.tree.keepEphemerals = true
    const { counters, summaries } = this.#metrics
    counters.digestMismatches.add(recovered.digestMismatchCount)
    summaries.dbInitTime.record(this.#nowMs() - startedMs)
    summaries.startupTransactions.record(recovered.transactionCount)
    summaries.startupSnapshotTime.record(recovered.snapshotLoadMs)
    summaries.startupTransactionsTime.record(recovered.logReplayMs)
    this.#metrics.countWatches(state)
    this.#metrics.countTraffic(state)
    const serving: Serving = new Serving(
      {
        env: this.#env,
        config,
        log: this.#log,
        metrics: this.#metrics,
        quotaLog: this.#quotaLog,
        directory,
        saslUsers: this.#saslUsers,
        faults,
        startedMs,
        runCommand: (word) => runFourLetterWord(word, this.#commandContext(serving)),
        failed: (error) => this.#fail(error),
      },
      recovered,
    )
    // Apache's server does not start on logs alone.
    if (recovered.snapshotZxid === undefined) await serving.snapshots.take()
    observeState(this.#env.metrics, state, () => monitorGauges(this.#commandContext(serving)))
    return serving
  }

  #nowMs(): number {
    return Math.floor(this.#env.clock.monotonicMs())
  }

  #commandContext(serving: Serving): CommandContext {
    const { state, connections, directory, startedMs, snapshots } = serving
    return {
      config: this.#config,
      state,
      statistics: connections.statistics,
      connections: connections.all,
      outstandingCount: serving.outstandingCount,
      connectionDropProbability: connections.dropProbability,
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
      plainConnectionCounts: connections.plainCounts,
      fileDescriptors: () => fileDescriptors(this.#env.disk),
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
    running?.end()
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
    running.end()
    this.#lock?.release()
    this.#log.info('ZooKeeper server stopped')
  }
}
