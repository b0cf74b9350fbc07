import { resolve } from 'node:path'
import type { BufferPool, Env } from '@odradek/base'
import { LogManager } from '@odradek/storage'
import type { BrokerConfig } from '../config/broker-config.ts'
import { throttleKeys } from '../config/keys/throttle-keys.ts'
import { effectiveBrokerTexts } from '../config/broker-config-texts.ts'
import type { ConnectionLimitSettings } from '../core/quota/connection-limits.ts'
import { ClientMetrics } from './client-metrics.ts'
import { EntityConfigs } from './entity-configs.ts'
import { FetchSessionCache } from '../core/fetch-session/fetch-session-cache.ts'
import { ClientQuotas } from '../core/quota/client-quotas.ts'
import { newTopicId } from '../core/topics/new-topic-id.ts'
import { allHandlers } from '../handlers/all.ts'
import { apiVersionsOf } from '../handlers/api-versions-of.ts'
import type { BrokerFaults } from '../planted-faults.ts'
import type { BrokerEndpoint } from '../znodes/broker-id.ts'
import { ensureClusterId } from './broker-identity.ts'
import type { BrokerServices } from './broker-services.ts'
import { ConfigChangeFeed } from './config-change-feed.ts'
import { ControllerClient } from './controller-client.ts'
import { Controller } from './controller.ts'
import { DynamicConfig } from './dynamic-config.ts'
import { followConfigChanges } from './follow-config-changes.ts'
import { GroupCoordinator } from './group-coordinator.ts'
import { observeIdleness } from './metrics/observe-idleness.ts'
import { observeFetchSessions } from './metrics/observe-fetch-sessions.ts'
import { MetadataCache } from './metadata-cache.ts'
import { ProducerIdManager } from './producer-id-manager.ts'
import { QuotaStore } from './quota-store.ts'
import { ReplicaManager } from './replica-manager.ts'
import { RequestDeadlines } from './request-deadlines.ts'
import { RequestDispatcher } from './request-dispatcher.ts'
import { ScramStore } from './scram-store.ts'
import { SocketServer } from './socket-server.ts'
import type { SocketListenerOptions } from './socket-server.ts'
import { TopicConfigs } from './topic-configs.ts'
import { TopicCreator } from './topic-creator.ts'
import type { ZooKeeperSession } from './zookeeper-session.ts'

/** A fetch session that was not used for so long may be dropped for another. */
const FETCH_SESSION_EVICTION_MS = 120_000

/** What the parts are built from. */
export interface BrokerPartsContext {
  readonly env: Env
  readonly session: ZooKeeperSession
  /** As in server.properties. */
  readonly config: BrokerConfig
  readonly brokerId: number
  readonly clusterId: string
  /** The epoch of the registration; -1 before it. */
  readonly brokerEpoch: () => bigint
  readonly onDirectoryFailure: (directory: string, error: Error) => void
  /** Takes what stops a part that has just been started. */
  readonly undo: (what: string, run: () => void | Promise<void>) => void
  /** For tests only. */
  readonly faults: BrokerFaults | undefined
  readonly buffers: BufferPool | undefined
}

/** The parts of a broker that has started, in the order in which they were. */
export interface BrokerParts {
  readonly brokerId: number
  /** What is advertised now; a dynamic change of advertised.listeners changes it. */
  readonly endpoints: () => readonly BrokerEndpoint[]
  readonly logManager: LogManager
  readonly dynamicConfig: DynamicConfig
  readonly topicConfigs: TopicConfigs
  readonly metadataCache: MetadataCache
  readonly replicaManager: ReplicaManager
  readonly groupCoordinator: GroupCoordinator
  readonly controllerClient: ControllerClient
  readonly controller: Controller
  readonly socketServer: SocketServer
  readonly configChanges: ConfigChangeFeed
}

/**
 * Builds the parts of a broker in Kafka's order: configuration, logs, what serves requests, sockets. When this resolves it answers requests,
 * and nobody knows of it yet. Whatever is started is given to `undo`.
 */
export async function buildBrokerParts(context: BrokerPartsContext): Promise<BrokerParts> {
  const { env, session, brokerId, clusterId, brokerEpoch, undo } = context
  const dynamicConfig = new DynamicConfig(env, session, context.config)
  const topicConfigs = new TopicConfigs(env, session, () => effectiveBrokerTexts(dynamicConfig.texts))
  const clientQuotas = new ClientQuotas(
    { samples: context.config.quotaWindowNum, sampleMs: context.config.quotaWindowSizeSeconds * 1000 },
    {
      samples: context.config.controllerQuotaWindowNum,
      sampleMs: context.config.controllerQuotaWindowSizeSeconds * 1000,
    },
  )
  const quotaStore = new QuotaStore(env, session, clientQuotas)
  const entityConfigs = new EntityConfigs(env, session)
  await Promise.all([
    dynamicConfig.reload(brokerId),
    topicConfigs.loadAll(),
    quotaStore.loadAll(),
    entityConfigs.loadAll(),
  ])
  const config = dynamicConfig.current
  const logManager = await openLogs(context, dynamicConfig, topicConfigs)

  const metadataCache = new MetadataCache()
  const deadlines = new RequestDeadlines(env.timers)
  const replicaManager = new ReplicaManager(env, {
    brokerId,
    deadlines,
    logManager,
    metadataCache,
    minInSyncReplicasOf: (topic) => topicConfigs.configOf(topic).minInsyncReplicas,
    replicaLagTimeMaxMs: config.replicaLagTimeMaxMs,
  })
  const topicCreator = new TopicCreator(env, { session, metadataCache, config: () => dynamicConfig.current })
  const groupCoordinator = new GroupCoordinator(env, {
    config,
    replicaManager,
    metadataCache,
    topicCreator,
    faults: context.faults,
    groupOverridesOf: (groupId) => entityConfigs.overridesOf('groups', groupId),
  })
  const clientMetrics = new ClientMetrics(env, entityConfigs, config.telemetryMaxBytes)
  undo('the metrics of clients', () => clientMetrics.close())
  const controllerClient = new ControllerClient(env, {
    brokerId,
    brokerEpoch,
    metadataCache,
    interBrokerListenerName: config.interBrokerListenerName,
    requestTimeoutMs: () => dynamicConfig.current.requestTimeoutMs,
  })
  const controller = newController(context, config, dynamicConfig)
  const configChanges = new ConfigChangeFeed(
    env,
    session,
    followConfigChanges(env, {
      brokerId,
      controller,
      logManager,
      replicaManager,
      topicConfigs,
      dynamicConfig,
      metadataCache,
      quotaStore,
      entityConfigs,
    }),
    context.faults,
  )
  const sessionIds = env.random.fork('fetch-sessions')
  const services: BrokerServices = {
    env,
    brokerId,
    clusterId,
    brokerEpoch,
    deadlines,
    logManager,
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
    entityConfigs,
    configChanges,
    clientMetrics,
    topicCreator,
    clientQuotas,
    quotaStore,
    scramStore: new ScramStore(session),
    controller,
    zookeeper: session,
    groupCoordinator,
  }
  observeFetchSessions(env.metrics, services.fetchSessions)
  observeIdleness(env)
  const socketServer = await listen(env, services)
  dynamicConfig.onChange(() => {
    socketServer.limitsChanged()
    void socketServer.changeListeners(listenersOf(dynamicConfig.current))
  })
  replicaManager.start()
  undo('the replica manager', () => replicaManager.shutdown())
  groupCoordinator.start()
  undo('the group coordinator', () => groupCoordinator.close())
  undo('the socket server', async () => {
    // No more requests. A fetch loses nothing by an early answer; what else was begun has a little time first.
    const answered = socketServer.finishRequests()
    replicaManager.endWaitingFetches()
    await answered
    deadlines.endAll()
    groupCoordinator.close()
    await socketServer.close()
  })
  session.listen(configChanges)
  undo('the configuration changes', () => configChanges.close())
  return {
    brokerId,
    endpoints: () => advertisedEndpoints(dynamicConfig.current, socketServer, env.network.hostname()),
    logManager,
    dynamicConfig,
    topicConfigs,
    metadataCache,
    replicaManager,
    groupCoordinator,
    controllerClient,
    controller,
    socketServer,
    configChanges,
  }
}

async function openLogs(
  context: BrokerPartsContext,
  dynamicConfig: DynamicConfig,
  topicConfigs: TopicConfigs,
): Promise<LogManager> {
  const config = dynamicConfig.current
  const { env, brokerId, clusterId, faults, undo } = context
  const logManager = new LogManager(env, {
    // As Kafka, which shows them to administrators so: they are to name the same directory wherever they are read.
    directories: config.logDirs.map((path) => resolve(path)),
    brokerId,
    configOf: (topic) => topicConfigs.logConfigOf(topic),
    onDirectoryFailure: context.onDirectoryFailure,
    retentionCheckIntervalMs: config.logRetentionCheckIntervalMs,
    checkpointIntervalMs: config.logFlushOffsetCheckpointIntervalMs,
    highWatermarkCheckpointIntervalMs: config.replicaHighWatermarkCheckpointIntervalMs,
    initialTaskDelayMs: config.logInitialTaskDelayMs,
    producerIdExpirationCheckIntervalMs: config.producerIdExpirationCheckIntervalMs,
    recoveriesAtOnceMax: config.numRecoveryThreadsPerDataDir,
    get producerIdExpirationMs() {
      return dynamicConfig.current.producerIdExpirationMs
    },
    get moveBytesPerSecondMax() {
      const { replicaAlterLogDirsIoMaxBytesPerSecond: key } = throttleKeys
      const text = dynamicConfig.texts.dynamicBroker.get(key.name)
      return text === undefined ? Infinity : key.parse(text)
    },
    ...(config.numReplicaAlterLogDirsThreads === undefined
      ? {}
      : { movesAtOnceMax: config.numReplicaAlterLogDirsThreads }),
    ...(config.originals.has('log.flush.scheduler.interval.ms')
      ? { flushCheckIntervalMs: config.logFlushSchedulerIntervalMs }
      : {}),
    ...(faults === undefined ? {} : { faults }),
    ...(context.buffers === undefined ? {} : { buffers: context.buffers }),
  })
  const { clusterId: storedClusterId } = logManager.open()
  undo('the logs', () => logManager.close())
  ensureClusterId(clusterId, storedClusterId, config.zookeeperConnect)
  logManager.writeMetaProperties(clusterId)
  await logManager.start()
  return logManager
}

function newController(context: BrokerPartsContext, config: BrokerConfig, dynamicConfig: DynamicConfig): Controller {
  const { env, session, brokerId, undo } = context
  const random = env.random.fork('controller')
  const controller = new Controller(env, {
    session,
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
  undo('the controller', () => controller.close())
  return controller
}

/** These can change while the broker runs. */
function connectionLimitsOf(services: BrokerServices): ConnectionLimitSettings {
  const { config } = services
  return {
    get connectionsMax() {
      return services.config.maxConnections
    },
    get creationRateMax() {
      return services.config.maxConnectionCreationRate
    },
    get perAddressMax() {
      return services.config.maxConnectionsPerIp
    },
    get perAddressOverrides() {
      return services.config.maxConnectionsPerIpOverrides
    },
    get listenerLimits() {
      return services.config.listenerLimits
    },
    protectedListener: config.listeners.length > 1 ? config.interBrokerListenerName : undefined,
    creationRateOf: (address) => services.clientQuotas.connectionRateOf(address),
  }
}

function listenersOf({ listeners, interBrokerListenerName }: BrokerConfig): SocketListenerOptions[] {
  return listeners.map(({ name, securityProtocol, host, port }) => ({
    name,
    securityProtocol,
    host: host === '' ? '0.0.0.0' : host,
    port,
    isInterBroker: name === interBrokerListenerName,
  }))
}

async function listen(env: Env, services: BrokerServices): Promise<SocketServer> {
  const { config } = services
  const dispatcher = new RequestDispatcher(env, services, allHandlers)
  const socketServer = new SocketServer(
    env,
    {
      listeners: listenersOf(config),
      requestSizeBytesMax: config.socketRequestMaxBytes,
      idleMsMax: config.connectionsMaxIdleMs,
      limits: connectionLimitsOf(services),
      rateWindow: { samples: config.quotaWindowNum, sampleMs: config.quotaWindowSizeSeconds * 1000 },
      waitingConnectionsMax: config.socketListenBacklogSize,
      requestBytesMax: config.queuedMaxRequestBytes,
      buffers: services.logManager.buffers,
    },
    dispatcher.dispatch,
  )
  await socketServer.start()
  return socketServer
}

/** What is put into ZooKeeper: ports that were chosen by the system, and this machine's name where no host is given. */
function advertisedEndpoints(config: BrokerConfig, socketServer: SocketServer, hostname: string): BrokerEndpoint[] {
  return config.advertisedListeners.map(({ name, securityProtocol, host, port }) => ({
    name,
    securityProtocol,
    host: host === '' ? hostname : host,
    port: port === 0 ? (socketServer.addresses.get(name)?.port ?? 0) : port,
  }))
}
