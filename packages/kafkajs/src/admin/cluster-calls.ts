import type { KafkaBroker } from '../cluster/broker.ts'
import { isOfBroker } from '../cluster/broker-admin.ts'
import type { ConfigResourceTypes } from '../enums.ts'
import type { Admin } from '../types/admin.ts'
import { askController } from './admin-context.ts'
import type { AdminContext } from './admin-context.ts'
import {
  ensureAclFilter,
  ensureAclFilters,
  ensureAcls,
  ensurePartitionLists,
  ensureReassignments,
  ensureResources,
} from './check-arguments.ts'

type ClusterCalls = Pick<
  Admin,
  | 'describeCluster'
  | 'describeConfigs'
  | 'alterConfigs'
  | 'createAcls'
  | 'describeAcls'
  | 'deleteAcls'
  | 'alterPartitionReassignments'
  | 'listPartitionReassignments'
>

/** The calls about brokers, configurations, ACLs and where replicas are. */
export function clusterCalls(context: AdminContext): ClusterCalls {
  const { cluster } = context
  return {
    describeCluster: async () => {
      const { brokers, controllerId, clusterId } = await cluster.metadata({ topics: [] })
      return {
        brokers: brokers.map(({ nodeId, host, port }) => ({ nodeId, host, port })),
        controller: controllerId === undefined || controllerId === null || controllerId === -1 ? null : controllerId,
        clusterId,
      }
    },
    describeConfigs: async ({ resources, includeSynonyms }) => {
      ensureResources(resources, 'configNames')
      return askController(context, 'describe configs', async (controller) => {
        const answers = await Promise.all(
          [...(await byBroker(context, resources, controller))].map(([broker, own]) =>
            broker.describeConfigs({ resources: own, includeSynonyms }),
          ),
        )
        return { resources: answers.flatMap((answer) => answer.resources) } as Awaited<
          ReturnType<Admin['describeConfigs']>
        >
      })
    },
    alterConfigs: async ({ resources, validateOnly }) => {
      ensureResources(resources, 'configEntries')
      return askController(context, 'alter configs', async (controller) => {
        const answers = await Promise.all(
          [...(await byBroker(context, resources, controller))].map(([broker, own]) =>
            broker.alterConfigs({ resources: own, validateOnly: Boolean(validateOnly) }),
          ),
        )
        return { resources: answers.flatMap((answer) => answer.resources) }
      })
    },
    createAcls: async ({ acl }) => {
      ensureAcls(acl)
      await askController(context, 'create ACL', (broker) => broker.createAcls({ acl }))
      return true
    },
    describeAcls: async (filter) => {
      ensureAclFilter(filter)
      const { resources } = await askController(context, 'describe ACL', (broker) => broker.describeAcls(filter))
      return { resources } as Awaited<ReturnType<Admin['describeAcls']>>
    },
    deleteAcls: async ({ filters }) => {
      ensureAclFilters(filters)
      const answer = await askController(context, 'delete ACL', (broker) => broker.deleteAcls({ filters }))
      return { filterResponses: answer.filterResponses } as Awaited<ReturnType<Admin['deleteAcls']>>
    },
    alterPartitionReassignments: async ({ topics, timeout }) => {
      ensureReassignments(topics)
      await askController(context, 'reassign partitions', (broker) =>
        broker.alterPartitionReassignments({ topics, timeout }),
      )
    },
    listPartitionReassignments: async ({ topics, timeout }) => {
      if (topics) ensurePartitionLists(topics)
      const answer = await askController(context, 'list partition reassignments', (broker) =>
        broker.listPartitionReassignments({ topics: topics ?? null, timeout }),
      )
      return { topics: answer.topics }
    },
  }
}

/** What a broker alone can tell or change goes there, all else to the controller. */
async function byBroker<Resource extends { type: ConfigResourceTypes; name: string }>(
  { cluster }: AdminContext,
  resources: readonly Resource[],
  controller: KafkaBroker,
): Promise<Map<KafkaBroker, Resource[]>> {
  const brokers = new Map<string, KafkaBroker>()
  const found = new Map<KafkaBroker, Resource[]>()
  for (const resource of resources) {
    let broker: KafkaBroker = controller
    if (isOfBroker(resource.type)) {
      broker = brokers.get(resource.name) ?? (await cluster.findBroker({ nodeId: String(resource.name) }))
      brokers.set(resource.name, broker)
    }
    const own = found.get(broker) ?? []
    own.push(resource)
    found.set(broker, own)
  }
  return found
}
