import type { KafkaCluster } from '../cluster/kafka-cluster.ts'
import { createOn, Instrumentation } from '../core/instrumentation.ts'
import type { Admin, AdminEvents } from '../types/admin.ts'
import type { RetryOptions } from '../types/config.ts'
import type { Logger } from '../types/logger.ts'
import { clusterCalls } from './cluster-calls.ts'
import { groupCalls } from './groups.ts'
import { topicOffsetCalls } from './topic-offsets.ts'
import { topicCalls } from './topics.ts'

export const adminEvents: AdminEvents = {
  CONNECT: 'admin.connect',
  DISCONNECT: 'admin.disconnect',
  REQUEST: 'admin.network.request',
  REQUEST_TIMEOUT: 'admin.network.request_timeout',
  REQUEST_QUEUE_SIZE: 'admin.network.request_queue_size',
}

export interface CreateAdminOptions {
  readonly cluster: KafkaCluster
  readonly logger: Logger
  readonly retry?: RetryOptions | undefined
  readonly instrumentation?: Instrumentation | undefined
}

/** An admin of kafkajs. */
export function createAdmin({ cluster, logger: root, retry, instrumentation: given }: CreateAdminOptions): Admin {
  const logger = root.namespace('Admin')
  const instrumentation = given ?? new Instrumentation(cluster.env.clock)
  const context = { cluster, logger, retry }
  return {
    connect: async () => {
      await cluster.connect()
      instrumentation.emit(adminEvents.CONNECT)
    },
    disconnect: async () => {
      await cluster.disconnect()
      instrumentation.emit(adminEvents.DISCONNECT)
    },
    ...topicCalls(context),
    ...topicOffsetCalls(context),
    ...groupCalls(context),
    ...clusterCalls(context),
    events: adminEvents,
    on: createOn(instrumentation, adminEvents, 'admin', logger) as Admin['on'],
    logger: () => logger,
  }
}
