import type { KafkaBroker } from '../cluster/broker.ts'
import { KafkaJSDeleteGroupsError, KafkaJSNonRetriableError } from '../errors.ts'
import type { DeleteGroupsResult } from '../errors.ts'
import { toKafkaJSError } from '../protocol-error.ts'
import type { Admin, FetchOffsetsPartition, SeekEntry } from '../types/admin.ts'
import { retrierOf, typeOf } from './admin-context.ts'
import type { AdminContext } from './admin-context.ts'
import { refuse } from './check-arguments.ts'
import { fetchTopicOffsets } from './topic-offsets.ts'

type GroupCalls = Pick<
  Admin,
  'fetchOffsets' | 'setOffsets' | 'resetOffsets' | 'listGroups' | 'describeGroups' | 'deleteGroups'
>

/** The calls about consumer groups and what they have committed. */
export function groupCalls(context: AdminContext): GroupCalls {
  const { cluster } = context
  return {
    fetchOffsets: (options) => fetchOffsets(context, options),
    setOffsets: (options) => setOffsets(context, options),
    resetOffsets: async ({ groupId, topic, earliest }) => {
      ensureGroupAndTopic(groupId, topic)
      const offset = String(cluster.defaultOffset({ fromBeginning: earliest }))
      const partitions = (await partitionsOf(context, topic)).map((partition) => ({ partition, offset }))
      await setOffsets(context, { groupId, topic, partitions })
    },
    listGroups: async () => {
      await cluster.refreshMetadata()
      const lists = await Promise.all(
        cluster.getNodeIds().map(async (nodeId) => (await cluster.findBroker({ nodeId })).listGroups()),
      )
      return { groups: lists.flatMap(({ groups }) => groups) }
    },
    describeGroups: async (groupIds) => {
      const described = await Promise.all(
        [...(await byCoordinator(context, groupIds)).values()].map(({ broker, ids }) =>
          retrierOf(context)(() => broker.describeGroups({ groupIds: ids })),
        ),
      )
      return { groups: described.flatMap(({ groups }) => groups) }
    },
    deleteGroups: (groupIds) => deleteGroups(context, groupIds),
  }
}

function ensureGroupAndTopic(groupId: unknown, topic: unknown): void {
  if (!groupId) refuse(`Invalid groupId ${String(groupId)}`)
  if (!topic) refuse(`Invalid topic ${String(topic)}`)
}

async function partitionsOf({ cluster }: AdminContext, topic: string): Promise<number[]> {
  await cluster.addTargetTopic(topic)
  await cluster.refreshMetadataIfNecessary()
  return cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)
}

/** The groups by the broker that coordinates them. */
async function byCoordinator(
  { cluster }: AdminContext,
  groupIds: readonly string[],
): Promise<Map<number, { broker: KafkaBroker; ids: string[] }>> {
  const found = new Map<number, { broker: KafkaBroker; ids: string[] }>()
  for (const groupId of groupIds) {
    const broker = await cluster.findGroupCoordinator({ groupId })
    const nodeId = broker.nodeId as number
    const known = found.get(nodeId)
    if (known === undefined) found.set(nodeId, { broker, ids: [groupId] })
    else known.ids.push(groupId)
  }
  return found
}

async function fetchOffsets(
  context: AdminContext,
  { groupId, topics = [], resolveOffsets = false }: Parameters<Admin['fetchOffsets']>[0],
): Promise<{ topic: string; partitions: FetchOffsetsPartition[] }[]> {
  if (!groupId) refuse(`Invalid groupId ${String(groupId)}`)
  if (!Array.isArray(topics)) refuse('Expected topics array to be set')
  const { cluster } = context
  const coordinator = await cluster.findGroupCoordinator({ groupId })
  const wanted = await Promise.all(
    topics.map(async (topic) => ({
      topic,
      partitions: (await partitionsOf(context, topic)).map((partition) => ({ partition })),
    })),
  )
  const { responses } = await retrierOf(context)(() => coordinator.offsetFetch({ groupId, topics: wanted }))
  const found = responses.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions
      .map(({ partition, offset, metadata }) => ({ partition, offset, metadata: metadata || null }))
      .toSorted((one, other) => one.partition - other.partition),
  }))
  return resolveOffsets ? Promise.all(found.map((each) => resolve(context, groupId, each))) : found
}

/** Puts real offsets in the place of "the beginning" and "the end", for the group as well. */
async function resolve(
  context: AdminContext,
  groupId: string,
  { topic, partitions }: { topic: string; partitions: FetchOffsetsPartition[] },
): Promise<{ topic: string; partitions: FetchOffsetsPartition[] }> {
  const known = new Map((await fetchTopicOffsets(context, topic)).map((each) => [each.partition, each]))
  const resolved = partitions.map((each) => {
    const { low, high } = known.get(each.partition) ?? { low: each.offset, high: each.offset }
    const offset = each.offset === '-2' ? low : each.offset === '-1' ? high : each.offset
    return { ...each, offset }
  })
  await setOffsets(context, { groupId, topic, partitions: resolved })
  return { topic, partitions: resolved }
}

async function setOffsets(
  context: AdminContext,
  { groupId, topic, partitions }: { groupId: string; topic: string; partitions: readonly SeekEntry[] },
): Promise<void> {
  ensureGroupAndTopic(groupId, topic)
  if (!partitions || partitions.length === 0) refuse('Invalid partitions')
  const { cluster } = context
  await cluster.addTargetTopic(topic)
  const coordinator = await cluster.findGroupCoordinator({ groupId })
  await retrierOf(context)(async (bail) => {
    const { groups } = await coordinator.describeGroups({ groupIds: [groupId] })
    const { state } = groups.find((group) => group.groupId === groupId) ?? { state: 'Dead' }
    if (state !== 'Empty' && state !== 'Dead') {
      const text = `The consumer group must have no running instances, current state: ${state}`
      bail(new KafkaJSNonRetriableError(text))
    }
    await coordinator.offsetCommit({
      groupId,
      groupGenerationId: -1,
      memberId: '',
      topics: [{ topic, partitions }],
    })
  })
}

async function deleteGroups(context: AdminContext, groupIds: string[]): Promise<DeleteGroupsResult[]> {
  if (!groupIds || !Array.isArray(groupIds)) refuse(`Invalid groupIds array ${String(groupIds)}`)
  const wrong = groupIds.some((groupId) => typeof groupId !== 'string')
  if (wrong) refuse(`Invalid groupId name: ${JSON.stringify(wrong)}`)
  let left = [...groupIds]
  const done: DeleteGroupsResult[] = []
  return retrierOf(context)(async (bail, retryCount, retryTime) => {
    try {
      const answers = await Promise.all(
        [...(await byCoordinator(context, left)).values()].map(({ broker, ids }) => broker.deleteGroups(ids)),
      )
      const results = answers.flatMap((answer) => answer.results)
      const failed = results.filter(({ errorCode }) => errorCode !== 0)
      done.push(...(results.filter(({ errorCode }) => errorCode === 0) as DeleteGroupsResult[]))
      left = failed.map(({ groupId }) => groupId)
      if (failed.length > 0) throw new KafkaJSDeleteGroupsError('Error in DeleteGroups', failed as never)
      return done
    } catch (thrown) {
      const error = toKafkaJSError(thrown)
      if (['NOT_CONTROLLER', 'GROUP_COORDINATOR_NOT_AVAILABLE'].includes(typeOf(error) ?? '')) {
        context.logger.warn('Could not delete groups', { error: error.message, retryCount, retryTime })
        throw error
      }
      return bail(error) as never
    }
  })
}
