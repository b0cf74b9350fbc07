import { decodeTopic, encodeTopic, topicPath, topicsPath } from '../../znodes/topic.ts'
import type { TopicZnode } from '../../znodes/topic.ts'
import { ZnodeError } from '../../znodes/znode-error.ts'
import type { ControllerContext } from './controller-context.ts'
import type { ControlledPartition } from './controller-state.ts'
import { createPartitionStates } from './partition-creation.ts'
import type { Steps } from './znode-operation.ts'
import { ask, askAll, expect } from './znode-operation.ts'

/** The topics of the cluster; the watch tells when one comes or goes. */
export function* readTopicNames(): Steps<string[]> {
  const operation = { op: 'getChildren', path: topicsPath, watch: true } as const
  return [...expect(operation, yield* ask(operation)).children].sort()
}

/** Reads topics, with a watch for new partitions; those that went meanwhile or cannot be read are left out. */
function* readTopicZnodes(context: ControllerContext, names: readonly string[]): Steps<Map<string, TopicZnode>> {
  const results = yield* askAll(names.map((name) => ({ op: 'getData', path: topicPath(name), watch: true })))
  const topics = new Map<string, TopicZnode>()
  for (const [index, name] of names.entries()) {
    const result = results[index]
    if (result === undefined || result.error !== undefined) continue
    try {
      topics.set(name, decodeTopic(name, result.data))
    } catch (error) {
      if (!(error instanceof ZnodeError)) throw error
      context.log('error', error.message)
    }
  }
  return topics
}

/** Gives an id to topics that have none, as those made before Kafka 2.8. */
function* assignTopicIds(context: ControllerContext, topics: Map<string, TopicZnode>): Steps<void> {
  const without = [...topics].filter(([, topic]) => topic.topicId === undefined)
  const withIds = without.map(([name, topic]) => [name, { ...topic, topicId: context.settings.newTopicId() }] as const)
  yield* context.write(
    withIds.map(([name, topic]) => ({ op: 'setData', path: topicPath(name), data: encodeTopic(topic), version: -1 })),
  )
  for (const [name, topic] of withIds) topics.set(name, topic)
}

function takeIn(context: ControllerContext, name: string, znode: TopicZnode): ControlledPartition[] {
  const { state } = context
  const topic = state.topics.get(name) ?? state.addTopic(name, znode.topicId ?? '')
  const added: ControlledPartition[] = []
  for (const [partition, assignment] of znode.partitions) {
    if (topic.partitions.has(partition)) continue
    const item: ControlledPartition = { topic: name, partition, assignment, leadership: undefined }
    topic.partitions.set(partition, item)
    added.push(item)
  }
  return added
}

/** Reads the topics and takes them into memory. Returns their partitions, whose states are still unknown. */
export function* loadTopics(context: ControllerContext, names: readonly string[]): Steps<ControlledPartition[]> {
  const topics = yield* readTopicZnodes(context, names)
  yield* assignTopicIds(context, topics)
  return [...topics].flatMap(([name, znode]) => takeIn(context, name, znode))
}

/** /brokers/topics has changed: topics that are gone are forgotten, new ones get their leaders. */
export function* onTopicsChanged(context: ControllerContext): Steps<void> {
  const { state, batch } = context
  const names = yield* readTopicNames()
  const present = new Set(names)
  for (const name of state.topics.keys()) if (!present.has(name)) state.removeTopic(name)
  const partitions = yield* loadTopics(
    context,
    names.filter((name) => !state.topics.has(name)),
  )
  yield* createPartitionStates(context, partitions)
  batch.flush()
}

/** A topic's znode has changed: partitions that are new get their leaders. */
export function* onTopicChanged(context: ControllerContext, name: string): Steps<void> {
  const { state, batch } = context
  const known = state.topics.get(name)
  if (known === undefined) return
  const znode = (yield* readTopicZnodes(context, [name])).get(name)
  if (znode === undefined) return
  if (znode.topicId !== undefined && znode.topicId !== known.topicId) {
    context.log(
      'error',
      `The id of topic ${name} has changed from ${known.topicId} to ${znode.topicId}; it is left alone.`,
    )
    return
  }
  const isGrowing = [...znode.partitions.keys()].some((partition) => !known.partitions.has(partition))
  if (!isGrowing) return
  if (state.isDeleting(name)) {
    context.log('warn', `Topic ${name} is being deleted; partitions that were added to it are taken back.`)
    const partitions = new Map([...known.partitions].map(([index, { assignment }]) => [index, assignment]))
    yield* context.write([
      {
        op: 'setData',
        path: topicPath(name),
        data: encodeTopic({ topicId: known.topicId, partitions }),
        version: -1,
      },
    ])
    return
  }
  yield* createPartitionStates(context, takeIn(context, name, znode))
  batch.flush()
}
