import type { Env, Logger } from '@odradek/base'
import { errorOf, KafkaError } from '@odradek/kafka-protocol'
import { LogManager } from '@odradek/storage'
import { ZooKeeperError } from '@odradek/zookeeper-client'
import type { StorageFaults } from '@odradek/storage'
import type { BrokerConfig } from '../config/broker-config.ts'
import { ConfigError } from '../config/config-error.ts'
import type { ListenerEndpoint } from '../config/listener-endpoint.ts'
import { effectiveBrokerTexts } from '../config/describe-configs.ts'
import { FetchSessionCache } from '../core/fetch-session/fetch-session-cache.ts'
import { newTopicId } from '../core/topics/new-topic-id.ts'
import { allHandlers } from '../handlers/all.ts'
import { apiVersionsOf } from '../handlers/api-versions-of.ts'
import type { BrokerEndpoint } from '../znodes/broker-id.ts'
import { encodeLogDirEvent, logDirEventSequencePath } from '../znodes/log-dir-event.ts'
import { awaitMetadata } from './await-metadata.ts'
import { brokerIdOf, ensureClusterId, getOrCreateClusterId } from './broker-identity.ts'
import { BrokerRegistration, ensureEndpointsAreFree } from './broker-registration.ts'
import type { BrokerServices } from './broker-services.ts'
import { ConfigChangeFeed } from './config-change-feed.ts'
import { ControllerClient } from './controller-client.ts'
import { Controller } from './controller.ts'
import { DynamicConfig } from './dynamic-config.ts'
import { ensurePersistentZnodes } from './ensure-znodes.ts'
import { GroupCoordinator } from './group-coordinator.ts'
import { MetadataCache } from './metadata-cache.ts'
import { ProducerIdManager } from './producer-id-manager.ts'
import { ReplicaManager } from './replica-manager.ts'
import { RequestDispatcher } from './request-dispatcher.ts'
import { SocketServer } from './socket-server.ts'
import { TopicConfigs } from './topic-configs.ts'
import { TopicCreator } from './topic-creator.ts'
import { ZooKeeperSession } from './zookeeper-session.ts'

/** How long the start waits for the controller's first word; without it the broker runs, but knows no topic yet. */
const FIRST_METADATA_TIMEOUT_MS = 3000

/** A fetch session that was not used for so long may be dropped for another. */
const FETCH_SESSION_EVICTION_MS = 120_000

export interface BrokerOptions {
  /** Called when the broker can no longer do its work and its process should end. */
  readonly onFatal?: (error: Error) => void
  /** For tests only. */
  readonly faults?: StorageFaults
}

/** The parts of a broker that has started, in the order in which they were. */
interface Parts {
  readonly brokerId: number
  readonly endpoints: readonly BrokerEndpoint[]
  readonly logManager: LogManager
  readonly dynamicConfig: DynamicConfig
  readonly topicConfigs: TopicConfigs
  readonly metadataCache: MetadataCache
  readonly replicaManager: ReplicaManager
  readonly groupCoordinator: GroupCoordinator
  readonly controllerClient: ControllerClient
  readonly controller: Controller
  readonly socketServer: SocketServer
  readonly changeFeed: ConfigChangeFeed
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
  readonly #faults: StorageFaults | undefined
  readonly #session: ZooKeeperSession
  readonly #registration: BrokerRegistration
  /** Undoes what was started, newest first. */
  readonly #undo: { readonly what: string; readonly run: () => void | Promise<void> }[] = []
  #parts: Parts | undefined
  #isRegistered = false
  #shutdown: Promise<void> | undefined

  constructor(env: Env, config: BrokerConfig, options: BrokerOptions = {}) {
    this.#env = env
    this.#log = env.log.child('broker')
    this.#config = config
    this.#faults = options.faults
    this.#onFatal = options.onFatal ?? ((error) => this.#log.error('The broker cannot go on', { error }))
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
    const first = this.#parts?.endpoints[0]
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
    for (const warning of this.#config.warnings) this.#log.warn(warning)
    try {
      await this.#start(startMs)
    } catch (error) {
      await this.#undoAll()
      this.#parts = undefined
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
    const parts = await this.#build(clusterId, brokerId)
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
    await parts.changeFeed.start()
    const isKnown = await awaitMetadata(
      env,
      parts.metadataCache,
      () => parts.metadataCache.brokers.has(brokerId),
      FIRST_METADATA_TIMEOUT_MS,
    )
    if (!isKnown) this.#log.warn('No word from the controller yet; clients wait until it comes')
    this.#log.info('Started', {
      brokerId,
      clusterId,
      listeners: parts.endpoints.map(({ name, host, port }) => `${name}://${host}:${port}`).join(','),
      controller: parts.controller.controllerId,
      zookeeperMs: connectedMs,
      logsMs: loadedMs - connectedMs,
      totalMs: sinceStart(),
    })
  }

  async #build(clusterId: string, brokerId: number): Promise<Parts> {
    const env = this.#env
    const session = this.#session
    const dynamicConfig = new DynamicConfig(env, session, this.#config)
    const topicConfigs = new TopicConfigs(env, session, () => effectiveBrokerTexts(dynamicConfig.texts))
    await Promise.all([dynamicConfig.reload(brokerId), topicConfigs.loadAll()])
    const config = dynamicConfig.current
    const logManager = await this.#openLogs(config, brokerId, clusterId, topicConfigs)

    const metadataCache = new MetadataCache()
    const replicaManager = new ReplicaManager(env, {
      brokerId,
      logManager,
      metadataCache,
      minInSyncReplicasOf: (topic) => topicConfigs.configOf(topic).minInsyncReplicas,
      replicaLagTimeMaxMs: config.replicaLagTimeMaxMs,
    })
    const topicCreator = new TopicCreator(env, { session, metadataCache, config: () => dynamicConfig.current })
    const groupCoordinator = new GroupCoordinator(env, { config, replicaManager, metadataCache, topicCreator })
    const controllerClient = new ControllerClient(env, {
      brokerId,
      brokerEpoch: () => this.#registration.epoch,
      metadataCache,
      interBrokerListenerName: config.interBrokerListenerName,
      requestTimeoutMs: () => dynamicConfig.current.requestTimeoutMs,
    })
    const controller = this.#newController(config, brokerId, dynamicConfig)
    const sessionIds = env.random.fork('fetch-sessions')
    const services: BrokerServices = {
      env,
      brokerId,
      clusterId,
      brokerEpoch: () => this.#registration.epoch,
      replicaManager,
      metadataCache,
      apiVersions: apiVersionsOf(allHandlers),
      fetchSessions: new FetchSessionCache({
        slots: config.maxIncrementalFetchSessionCacheSlots,
        evictionMs: FETCH_SESSION_EVICTION_MS,
        newSessionId: () => 1 + sessionIds.integer(2 ** 31 - 1),
      }),
      producerIds: new ProducerIdManager(env, () => controllerClient.allocateProducerIds()),
      get config() {
        return dynamicConfig.current
      },
      dynamicConfig,
      topicConfigs,
      topicCreator,
      controller,
      zookeeper: session,
      groupCoordinator,
    }
    const socketServer = await this.#listen(config, services)
    replicaManager.start()
    this.#undo.push({ what: 'the replica manager', run: () => replicaManager.shutdown() })
    groupCoordinator.start()
    this.#undo.push({ what: 'the group coordinator', run: () => groupCoordinator.close() })
    this.#undo.push({ what: 'the socket server', run: () => socketServer.close() })
    const changeFeed = new ConfigChangeFeed(env, session, (entityPath) => this.#onConfigChange(entityPath))
    session.listen(changeFeed)
    this.#undo.push({ what: 'the configuration changes', run: () => changeFeed.close() })
    const parts: Parts = {
      brokerId,
      endpoints: advertisedEndpoints(config, socketServer, env.network.hostname()),
      logManager,
      dynamicConfig,
      topicConfigs,
      metadataCache,
      replicaManager,
      groupCoordinator,
      controllerClient,
      controller,
      socketServer,
      changeFeed,
    }
    this.#wireConfigs(parts)
    return parts
  }

  async #openLogs(
    config: BrokerConfig,
    brokerId: number,
    clusterId: string,
    topicConfigs: TopicConfigs,
  ): Promise<LogManager> {
    const logManager = new LogManager(this.#env, {
      directories: config.logDirs,
      brokerId,
      configOf: (topic) => topicConfigs.logConfigOf(topic),
      onDirectoryFailure: (directory, error) => this.#onDirectoryFailure(brokerId, directory, error),
      retentionCheckIntervalMs: config.logRetentionCheckIntervalMs,
      checkpointIntervalMs: config.logFlushOffsetCheckpointIntervalMs,
      highWatermarkCheckpointIntervalMs: config.replicaHighWatermarkCheckpointIntervalMs,
      producerIdExpirationMs: config.producerIdExpirationMs,
      ...(config.originals.has('log.flush.scheduler.interval.ms')
        ? { flushCheckIntervalMs: config.logFlushSchedulerIntervalMs }
        : {}),
      ...(this.#faults === undefined ? {} : { faults: this.#faults }),
    })
    const { clusterId: storedClusterId } = logManager.open()
    this.#undo.push({ what: 'the logs', run: () => logManager.close() })
    ensureClusterId(clusterId, storedClusterId, config.zookeeperConnect)
    logManager.writeMetaProperties(clusterId)
    await logManager.start()
    return logManager
  }

  #newController(config: BrokerConfig, brokerId: number, dynamicConfig: DynamicConfig): Controller {
    const random = this.#env.random.fork('controller')
    const controller = new Controller(this.#env, {
      session: this.#session,
      requestTimeoutMs: config.controllerSocketTimeoutMs,
      settings: {
        brokerId,
        interBrokerListenerName: config.controlPlaneListenerName?.toUpperCase() ?? config.interBrokerListenerName,
        isAutoLeaderRebalanceEnabled: config.autoLeaderRebalanceEnable,
        leaderImbalanceCheckIntervalMs: config.leaderImbalanceCheckIntervalSeconds * 1000,
        leaderImbalancePerBrokerPercentage: config.leaderImbalancePerBrokerPercentage,
        isDeleteTopicEnabled: config.deleteTopicEnable,
        isUncleanLeaderElectionEnabled: () => dynamicConfig.current.uncleanLeaderElectionEnable,
        newTopicId: () => newTopicId(random),
      },
    })
    this.#undo.push({ what: 'the controller', run: () => controller.close() })
    return controller
  }

  async #listen(config: BrokerConfig, services: BrokerServices): Promise<SocketServer> {
    const dispatcher = new RequestDispatcher(this.#env, services, allHandlers)
    const socketServer = new SocketServer(
      this.#env,
      {
        listeners: config.listeners.map(({ name, securityProtocol, host, port }) => ({
          name,
          securityProtocol,
          host: host === '' ? '0.0.0.0' : host,
          port,
          isInterBroker: name === config.interBrokerListenerName,
        })),
        requestSizeBytesMax: config.socketRequestMaxBytes,
        idleMsMax: config.connectionsMaxIdleMs,
        connectionsMax: config.maxConnections,
        connectionsPerIpMax: config.maxConnectionsPerIp,
        connectionsPerIpOverrides: connectionOverrides(config.maxConnectionsPerIpOverrides),
        requestBytesMax: config.queuedMaxRequestBytes,
      },
      dispatcher.dispatch,
    )
    await socketServer.start()
    return socketServer
  }

  /** Who must hear when a configuration changes, or a topic goes. */
  #wireConfigs({ logManager, replicaManager, topicConfigs, dynamicConfig, metadataCache }: Parts): void {
    const apply = (topic: string): void => {
      for (const log of logManager.all()) {
        if (log.topic === topic) log.updateConfig(topicConfigs.logConfigOf(topic))
      }
      replicaManager.topicConfigChanged(topic)
    }
    topicConfigs.onChange(apply)
    dynamicConfig.onChange(() => {
      topicConfigs.onBrokerConfigChanged()
      for (const topic of new Set([...logManager.all()].map((log) => log.topic))) apply(topic)
    })
    metadataCache.onPartitionsDeleted((deleted) => {
      for (const { topic } of deleted) if (metadataCache.topic(topic) === undefined) topicConfigs.forget(topic)
    })
  }

  async #onConfigChange(entityPath: string): Promise<void> {
    const [type, name] = entityPath.split('/')
    const parts = this.#parts
    if (parts === undefined || name === undefined) return
    if (type === 'topics') {
      await parts.topicConfigs.reload(name)
      this.#log.info('The configuration of a topic has changed', {
        topic: name,
        config: Object.fromEntries(parts.topicConfigs.overridesOf(name)),
      })
    } else if (type === 'brokers') {
      await parts.dynamicConfig.reload(parts.brokerId)
      this.#log.info('The configuration of brokers has changed', { entity: name })
    }
  }

  async #register({ brokerId, endpoints, controller }: Parts): Promise<void> {
    const epoch = await this.#session.run(async (client) => {
      await ensureEndpointsAreFree(client, brokerId, endpoints)
      return this.#registration.register(client, {
        brokerId,
        endpoints,
        rack: this.#config.brokerRack,
        jmxPort: -1,
      })
    })
    this.#isRegistered = true
    this.#log.debug('Registered', { brokerId, epoch })
    controller.onRegistered()
  }

  async #registerAgain(parts: Parts): Promise<void> {
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
    if (parts !== undefined && this.#isRegistered && this.#config.controlledShutdownEnable) {
      await this.#moveLeaderships(parts)
    }
    await this.#undoAll()
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
  async #moveLeaderships({ controllerClient, metadataCache }: Parts): Promise<void> {
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

/** What is put into ZooKeeper: ports that were chosen by the system, and this machine's name where no host is given. */
function advertisedEndpoints(config: BrokerConfig, socketServer: SocketServer, hostname: string): BrokerEndpoint[] {
  return config.advertisedListeners.map(({ name, securityProtocol, host, port }: ListenerEndpoint) => ({
    name,
    securityProtocol,
    host: host === '' ? hostname : host,
    port: port === 0 ? (socketServer.addresses.get(name)?.port ?? 0) : port,
  }))
}

function connectionOverrides(text: string): ReadonlyMap<string, number> {
  const entries = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  return new Map(
    entries.map((item) => {
      const match = /^(.+):(\d{1,9})$/.exec(item)
      if (match === null) {
        throw new ConfigError(
          'INVALID_VALUE',
          `Invalid value ${text} for configuration max.connections.per.ip.overrides: "${item}" is not address:count`,
        )
      }
      return [match[1] as string, Number(match[2])]
    }),
  )
}
