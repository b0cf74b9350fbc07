import type { BufferPool, Env, Logger } from '@odradek/base'
import { errorOf, KafkaError } from '@odradek/kafka-protocol'
import { ZooKeeperError } from '@odradek/zookeeper-client'
import type { BrokerConfig } from '../config/broker-config.ts'
import type { BrokerFaults } from '../planted-faults.ts'
import type { BrokerIdZnode } from '../znodes/broker-id.ts'
import { encodeLogDirEvent, logDirEventSequencePath } from '../znodes/log-dir-event.ts'
import { awaitMetadata } from './await-metadata.ts'
import { brokerIdOf, getOrCreateClusterId } from './broker-identity.ts'
import { buildBrokerParts } from './broker-parts.ts'
import type { BrokerParts } from './broker-parts.ts'
import { BrokerRegistration, ensureEndpointsAreFree } from './broker-registration.ts'
import { ensurePersistentZnodes } from './ensure-znodes.ts'
import { ZooKeeperSession } from './zookeeper-session.ts'

/** How long the start waits for the controller's first word; without it the broker runs, but knows no topic yet. */
const FIRST_METADATA_TIMEOUT_MS = 3000

const BrokerState = { NOT_RUNNING: 0, STARTING: 1, RUNNING: 3, CONTROLLED_SHUTDOWN: 6, STOPPING: 7 } as const

export interface BrokerOptions {
  /** Called when the broker can no longer do its work and its process should end. */
  readonly onFatal?: (error: Error) => void
  /** For tests only. */
  readonly faults?: BrokerFaults
  /** Where the buffers of records and large requests come from; by default a pool of its own. */
  readonly buffers?: BufferPool
}

/**
 * One broker: builds its parts and starts and stops them in Kafka's order. It lives in ZooKeeper: there it is registered, there it learns who
 * is the controller, and when its session is lost it registers anew.
 */
export class Broker {
  readonly #env: Env
  readonly #log: Logger
  readonly #config: BrokerConfig
  readonly #onFatal: (error: Error) => void
  readonly #faults: BrokerFaults | undefined
  readonly #buffers: BufferPool | undefined
  readonly #session: ZooKeeperSession
  readonly #registration: BrokerRegistration
  /** Undoes what was started, newest first. */
  readonly #undo: { readonly what: string; readonly run: () => void | Promise<void> }[] = []
  #parts: BrokerParts | undefined
  #isRegistered = false
  /** In Kafka's numbers. */
  #state: number = BrokerState.NOT_RUNNING
  #shutdown: Promise<void> | undefined

  constructor(env: Env, config: BrokerConfig, options: BrokerOptions = {}) {
    this.#env = env
    this.#log = env.log.child('broker')
    this.#config = config
    this.#faults = options.faults
    this.#buffers = options.buffers
    this.#onFatal = options.onFatal ?? ((error) => this.#log.error('The broker cannot go on', { error }))
    env.metrics.observe(
      'kafka_server_kafkaserver_brokerstate',
      'What the broker is at: 1 starting, 3 running, 6 handing its leaderships over, 7 stopping, 0 not running.',
      () => this.#state,
    )
    this.#registration = new BrokerRegistration(env)
    this.#session = new ZooKeeperSession(env, {
      connectString: config.zookeeperConnect,
      sessionTimeoutMs: config.zookeeperSessionTimeoutMs,
      connectionTimeoutMs: config.zookeeperConnectionTimeoutMs,
    })
  }

  /** The broker's number; -1 before it is known. */
  get brokerId(): number {
    return this.#parts?.brokerId ?? this.#config.brokerId
  }

  /** The advertised address of the first listener, once the broker has started. */
  get address(): { readonly host: string; readonly port: number } | undefined {
    const first = this.#parts?.endpoints()[0]
    return first === undefined ? undefined : { host: first.host, port: first.port }
  }

  /** Whether the broker can do its work, and a word on it. */
  health(): { healthy: boolean; detail: string } {
    const parts = this.#parts
    if (parts === undefined) return { healthy: false, detail: 'starting' }
    if (this.#shutdown !== undefined) return { healthy: false, detail: 'stopping' }
    if (this.#session.client.state !== 'connected') return { healthy: false, detail: 'no connection to ZooKeeper' }
    if (!this.#isRegistered) return { healthy: false, detail: 'not registered in ZooKeeper' }
    const { offlineDirectories } = parts.logManager
    if (offlineDirectories.length > 0) return { healthy: false, detail: `failed: ${offlineDirectories.join(', ')}` }
    return { healthy: true, detail: parts.controller.isActive ? 'serving, controller' : 'serving' }
  }

  /**
   * Starts the broker; resolves when it is registered and knows the cluster. Rejects, with all undone, with an error whose message says
   * what is to be corrected (`ZooKeeperUnreachable`, `BrokerIdentityError`, `BrokerIdTaken`, `StorageError`, `NetworkError`, …).
   */
  async start(): Promise<void> {
    const startMs = this.#env.clock.monotonicMs()
    this.#state = BrokerState.STARTING
    for (const warning of this.#config.warnings) this.#log.warn(warning)
    try {
      await this.#start(startMs)
    } catch (error) {
      await this.#undoAll()
      this.#parts = undefined
      this.#state = BrokerState.NOT_RUNNING
      throw error
    }
  }

  async #start(startMs: number): Promise<void> {
    const env = this.#env
    const sinceStart = (): number => Math.round(env.clock.monotonicMs() - startMs)
    this.#undo.push({ what: 'the ZooKeeper session', run: () => this.#session.close() })
    await this.#session.connect()
    const connectedMs = sinceStart()
    await this.#session.run(ensurePersistentZnodes)
    const [clusterId, brokerId] = await Promise.all([
      getOrCreateClusterId(env, this.#session),
      brokerIdOf(env, this.#session, this.#config),
    ])
    const parts = await buildBrokerParts({
      env,
      session: this.#session,
      config: this.#config,
      brokerId,
      clusterId,
      brokerEpoch: () => this.#registration.epoch,
      onDirectoryFailure: (directory, error) => this.#onDirectoryFailure(brokerId, directory, error),
      undo: (what, run) => this.#undo.push({ what, run }),
      faults: this.#faults,
      buffers: this.#buffers,
    })
    this.#parts = parts
    const loadedMs = sinceStart()
    await this.#register(parts)
    this.#session.listen({
      onSessionLost: () => {
        this.#isRegistered = false
        parts.controller.onSessionLost()
      },
      onSessionEstablished: () => void this.#registerAgain(parts),
    })
    parts.dynamicConfig.onChange(() => void this.#announceAgain(parts))
    await parts.configChanges.start()
    const isKnown = await awaitMetadata(
      env.timers,
      parts.metadataCache,
      () => parts.metadataCache.brokers.has(brokerId),
      FIRST_METADATA_TIMEOUT_MS,
    )
    if (!isKnown) this.#log.warn('No word from the controller yet; clients wait until it comes')
    this.#state = BrokerState.RUNNING
    this.#log.info('Started', {
      brokerId,
      clusterId,
      listeners: parts
        .endpoints()
        .map(({ name, host, port }) => `${name}://${host}:${port}`)
        .join(','),
      controller: parts.controller.controllerId,
      zookeeperMs: connectedMs,
      logsMs: loadedMs - connectedMs,
      totalMs: sinceStart(),
    })
  }

  /** What is announced in ZooKeeper. */
  #announcement({ brokerId, endpoints }: BrokerParts): Omit<BrokerIdZnode, 'timestampMs'> {
    return { brokerId, endpoints: endpoints(), rack: this.#config.brokerRack, jmxPort: -1 }
  }

  async #register(parts: BrokerParts): Promise<void> {
    const announcement = this.#announcement(parts)
    const { brokerId, endpoints } = announcement
    const epoch = await this.#session.run(async (client) => {
      await ensureEndpointsAreFree(client, brokerId, endpoints)
      return this.#registration.register(client, announcement)
    })
    this.#isRegistered = true
    this.#log.debug('Registered', { brokerId, epoch })
    parts.controller.onRegistered()
  }

  /** advertised.listeners may have changed: the controller tells all brokers of it. */
  async #announceAgain(parts: BrokerParts): Promise<void> {
    if (!this.#isRegistered) return
    try {
      await this.#session.run((client) => this.#registration.update(client, this.#announcement(parts)))
    } catch (error) {
      this.#log.error('The new addresses could not be announced', { error })
    }
  }

  async #registerAgain(parts: BrokerParts): Promise<void> {
    try {
      await this.#session.run(ensurePersistentZnodes)
      await this.#register(parts)
    } catch (error) {
      // A session that is lost meanwhile brings another try with the next one.
      const isLost = error instanceof ZooKeeperError && error.code === 'SESSION_EXPIRED'
      if (this.#shutdown !== undefined || isLost) return
      this.#onFatal(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #onDirectoryFailure(brokerId: number, directory: string, error: Error): void {
    this.#log.error('A log directory has failed; its partitions are offline', { directory, error })
    const live = this.#parts?.logManager.liveDirectories
    if (live?.length === 0) {
      this.#onFatal(new Error(`All log directories have failed, ${directory} last: ${error.message}`, { cause: error }))
      return
    }
    if (!this.#isRegistered) return
    this.#session
      .run((client) =>
        client.create(logDirEventSequencePath, encodeLogDirEvent(brokerId), { mode: 'persistentSequential' }),
      )
      .catch((failure: unknown) => this.#log.error('The controller could not be told', { error: failure }))
  }

  /** Stops the broker in good order: leaderships first, the session last. May be called more than once. Never rejects. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#stop()
    return this.#shutdown
  }

  async #stop(): Promise<void> {
    const startMs = this.#env.clock.monotonicMs()
    const parts = this.#parts
    this.#state = BrokerState.CONTROLLED_SHUTDOWN
    if (parts !== undefined && this.#isRegistered && this.#config.controlledShutdownEnable) {
      await this.#moveLeaderships(parts)
    }
    this.#state = BrokerState.STOPPING
    await this.#undoAll()
    this.#state = BrokerState.NOT_RUNNING
    this.#log.info('Stopped', { brokerId: this.brokerId, totalMs: Math.round(this.#env.clock.monotonicMs() - startMs) })
  }

  async #undoAll(): Promise<void> {
    for (let step = this.#undo.pop(); step !== undefined; step = this.#undo.pop()) {
      try {
        await step.run()
      } catch (error) {
        this.#log.error(`Could not stop ${step.what} in good order`, { error })
      }
    }
  }

  /** Controlled shutdown: the controller is asked until nothing is left that another broker could lead. */
  async #moveLeaderships({ controllerClient, metadataCache }: BrokerParts): Promise<void> {
    const { controlledShutdownMaxRetries: attempts, controlledShutdownRetryBackoffMs: backoffMs } = this.#config
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        const { errorCode, remainingPartitions } = await controllerClient.controlledShutdown()
        if (errorCode === 0 && remainingPartitions.length === 0) return
        this.#log.warn('Leaderships could not all be moved', {
          error: errorOf(errorCode).name,
          remaining: remainingPartitions.length,
        })
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error
        this.#log.warn('The controller cannot move the leaderships', { error })
      }
      // Without a session nobody will answer, and without other brokers nobody can take over.
      if (this.#session.client.state !== 'connected' || metadataCache.brokers.size <= 1) return
      if (attempt < attempts) await new Promise<void>((resolve) => this.#env.timers.after(backoffMs, resolve))
    }
    this.#log.warn('Stopping although this broker still leads partitions; they are offline until another takes over')
  }
}
