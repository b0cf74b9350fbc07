import type { Env } from '@odradek/base'
import type { LogManager } from '@odradek/storage'
import type { Controller } from './controller.ts'
import type { EntityConfigs } from './entity-configs.ts'
import type { DynamicConfig } from './dynamic-config.ts'
import type { MetadataCache } from './metadata-cache.ts'
import type { QuotaStore } from './quota-store.ts'
import type { ReplicaManager } from './replica-manager.ts'
import type { TopicConfigs } from './topic-configs.ts'

export interface ConfigFollowers {
  readonly brokerId: number
  readonly controller: Controller
  readonly logManager: LogManager
  readonly replicaManager: ReplicaManager
  readonly topicConfigs: TopicConfigs
  readonly dynamicConfig: DynamicConfig
  readonly metadataCache: MetadataCache
  readonly quotaStore: QuotaStore
  readonly entityConfigs: EntityConfigs
}

/**
 * Has the parts of a broker follow the configuration of topics and brokers. Returns what is to be called with the path below /config
 * of an entity that has changed.
 */
export function followConfigChanges(env: Env, followers: ConfigFollowers): (entityPath: string) => Promise<void> {
  const {
    brokerId,
    controller,
    logManager,
    replicaManager,
    topicConfigs,
    dynamicConfig,
    metadataCache,
    quotaStore,
    entityConfigs,
  } = followers
  const log = env.log.child('config')
  const apply = (topic: string): void => {
    for (const partition of logManager.all()) {
      if (partition.topic === topic) partition.updateConfig(topicConfigs.logConfigOf(topic))
    }
    replicaManager.topicConfigChanged(topic)
  }
  topicConfigs.onChange((topic) => {
    const config = Object.fromEntries(topicConfigs.overridesOf(topic))
    log.info('The configuration of a topic has changed', { topic, config })
    apply(topic)
  })
  dynamicConfig.onChange(() => {
    log.info('The configuration of brokers has changed')
    topicConfigs.onBrokerConfigChanged()
    for (const topic of new Set([...logManager.all()].map((partition) => partition.topic))) apply(topic)
    if (dynamicConfig.current.uncleanLeaderElectionEnable) controller.onUncleanElectionAllowed()
  })
  metadataCache.onPartitionsDeleted((deleted) => {
    for (const { topic } of deleted) if (metadataCache.topic(topic) === undefined) topicConfigs.forget(topic)
  })
  return async (entityPath) => {
    const [type, name] = entityPath.split('/')
    if (type === 'topics' && name !== undefined) {
      await topicConfigs.reload(name)
      if (!controller.isActive) return
      await topicConfigs.ensureLoaded([name])
      if (topicConfigs.configOf(name).uncleanLeaderElectionEnable) controller.onUncleanElectionAllowed()
    } else if (type === 'brokers') await dynamicConfig.reload(brokerId)
    else {
      await quotaStore.reload(entityPath)
      await entityConfigs.reload(entityPath)
    }
  }
}
