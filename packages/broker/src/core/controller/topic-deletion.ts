import { configEntityPath } from '../../znodes/config-entity.ts'
import { deleteTopicPath, deleteTopicsPath } from '../../znodes/delete-topic.ts'
import { topicPath } from '../../znodes/topic.ts'
import { isBeingReassigned } from '../topics/replica-assignment.ts'
import type { ControllerContext } from './controller-context.ts'
import type { BrokerAnswer } from './controller-event.ts'
import type { ControlledPartition, ControlledTopic, ReplicaDeletion } from './controller-state.ts'
import { forgetReassignmentWishes } from './reassignment-znode.ts'
import { takeReplicasOffline } from './replica-changes.ts'
import type { Steps } from './znode-operation.ts'
import { ask, askAll, expect } from './znode-operation.ts'

/*
 * A topic goes in steps, each of which may have to wait: all brokers stop serving it (UpdateMetadata), every replica is stopped, then
 * deleted (StopReplica), and when all have answered its znodes go. A replica whose broker is away makes the topic wait for that broker.
 */

const replicaKey = (partition: ControlledPartition, brokerId: number): string => `${partition.partition}/${brokerId}`

function* replicasOf(topic: ControlledTopic): Iterable<readonly [ControlledPartition, number]> {
  for (const partition of topic.partitions.values()) {
    for (const brokerId of partition.assignment.replicas) yield [partition, brokerId]
  }
}

function deletionsOf(context: ControllerContext, topic: string): Map<string, ReplicaDeletion> {
  const { replicaDeletions } = context.state
  let deletions = replicaDeletions.get(topic)
  if (deletions === undefined) replicaDeletions.set(topic, (deletions = new Map()))
  return deletions
}

/** Deletes a znode with all below it: levels are listed from the top and deleted from the bottom, each in one go. */
function* deleteTree(context: ControllerContext, root: string): Steps<void> {
  const levels: string[][] = [[root]]
  for (let level = levels[0]; level !== undefined && level.length > 0;) {
    const paths: string[] = level
    const results = yield* askAll(paths.map((path) => ({ op: 'getChildren', path })))
    level = results.flatMap(({ children }, index) => children.map((name) => `${paths[index]}/${name}`))
    if (level.length > 0) levels.push(level)
  }
  for (const level of levels.reverse()) yield* context.write(level.map((path) => ({ op: 'delete', path })))
}

function* completeDeletion(context: ControllerContext, { name: topic, partitions }: ControlledTopic): Steps<void> {
  if ([...partitions.values()].some(({ assignment }) => isBeingReassigned(assignment))) {
    yield* forgetReassignmentWishes(context, (wish) => wish.topic === topic)
  }
  yield* deleteTree(context, topicPath(topic))
  yield* context.write([{ op: 'delete', path: configEntityPath('topics', topic) }])
  yield* context.write([{ op: 'delete', path: deleteTopicPath(topic) }])
  context.state.removeTopic(topic)
  context.state.topicsToDelete.delete(topic)
  context.state.ineligibleForDeletion.delete(topic)
  context.log('info', `Topic ${topic} is deleted.`)
}

function* startDeletion(context: ControllerContext, topic: ControlledTopic): Steps<void> {
  const { state, batch } = context
  const deletions = deletionsOf(context, topic.name)
  batch.addUpdateMetadata(state.liveBrokers.keys(), topic.partitions.values())
  batch.flush()
  const byBroker = new Map<number, ControlledPartition[]>()
  for (const [partition, brokerId] of replicasOf(topic)) {
    const key = replicaKey(partition, brokerId)
    if (deletions.get(key) === 'done') continue
    if (state.isReplicaOnline(brokerId, partition, true)) {
      deletions.set(key, 'started')
      const partitions = byBroker.get(brokerId)
      if (partitions === undefined) byBroker.set(brokerId, [partition])
      else partitions.push(partition)
    } else {
      deletions.set(key, 'ineligible')
      state.ineligibleForDeletion.add(topic.name)
    }
  }
  for (const [brokerId, partitions] of byBroker) yield* takeReplicasOffline(context, brokerId, partitions)
  batch.flush()
  for (const [brokerId, partitions] of byBroker) {
    for (const partition of partitions) batch.addStopReplica([brokerId], partition, true)
  }
  batch.flush()
}

/** Goes on with every deletion that can. */
export function* resumeDeletions(context: ControllerContext): Steps<void> {
  const { state } = context
  for (const name of state.topicsToDelete) {
    const topic = state.topics.get(name)
    if (topic === undefined) {
      state.topicsToDelete.delete(name)
      continue
    }
    const deletions = deletionsOf(context, name)
    const replicas = [...replicasOf(topic)]
    if (replicas.every(([partition, brokerId]) => deletions.get(replicaKey(partition, brokerId)) === 'done')) {
      yield* completeDeletion(context, topic)
      continue
    }
    const isUnderWay = [...deletions.values()].includes('started')
    if (!isUnderWay && !state.ineligibleForDeletion.has(name)) yield* startDeletion(context, topic)
  }
}

/** Replicas that were being deleted cannot be now: their topics wait. */
export function failReplicaDeletions(
  context: ControllerContext,
  replicas: ReadonlyMap<number, readonly ControlledPartition[]>,
): void {
  for (const [brokerId, partitions] of replicas) {
    for (const partition of partitions) {
      if (!context.state.isDeleting(partition.topic)) continue
      const deletions = deletionsOf(context, partition.topic)
      const key = replicaKey(partition, brokerId)
      if (deletions.get(key) === 'done') continue
      deletions.set(key, 'ineligible')
      context.state.ineligibleForDeletion.add(partition.topic)
    }
  }
}

/** A broker has answered a StopReplica. */
export function* onStopReplicaAnswered(
  context: ControllerContext,
  brokerId: number,
  { request, response }: Extract<BrokerAnswer, { api: 'stop-replica' }>,
): Steps<void> {
  const { state } = context
  const failed = new Set(
    response.partitionErrors
      .filter(({ errorCode }) => errorCode !== 0)
      .map(({ topicName, partitionIndex }) => `${topicName}/${partitionIndex}`),
  )
  const failures: ControlledPartition[] = []
  let isAnyDone = false
  for (const { topicName = '', partitionStates = [] } of request.topicStates ?? []) {
    for (const { partitionIndex = 0, deletePartition = false } of partitionStates) {
      const partition = state.partition(topicName, partitionIndex)
      if (!deletePartition || partition === undefined || !state.isDeleting(topicName)) continue
      if (response.errorCode !== 0 || failed.has(`${topicName}/${partitionIndex}`)) {
        failures.push(partition)
      } else {
        deletionsOf(context, topicName).set(replicaKey(partition, brokerId), 'done')
        isAnyDone = true
      }
    }
  }
  if (failures.length > 0) failReplicaDeletions(context, new Map([[brokerId, failures]]))
  if (isAnyDone || failures.length > 0) yield* resumeDeletions(context)
}

/** Reads /admin/delete_topics, watches it, and marks the topics named there. Requests that cannot be met are taken away. */
export function* markDeletions(context: ControllerContext): Steps<void> {
  const { state, settings } = context
  const operation = { op: 'getChildren', path: deleteTopicsPath, watch: true } as const
  const names = [...expect(operation, yield* ask(operation)).children].sort()
  const refused = names.filter((name) => !settings.isDeleteTopicEnabled || !state.topics.has(name))
  if (refused.length > 0) {
    context.log(
      'warn',
      settings.isDeleteTopicEnabled
        ? `Topics that do not exist cannot be deleted: ${refused.join(', ')}.`
        : `Topics are not deleted, because delete.topic.enable is false: ${refused.join(', ')}.`,
    )
    yield* context.write(refused.map((name) => ({ op: 'delete', path: deleteTopicPath(name) })))
  }
  const fresh = names.filter((name) => !refused.includes(name) && !state.topicsToDelete.has(name))
  if (fresh.length > 0) context.log('info', `Topics to be deleted: ${fresh.join(', ')}.`)
  for (const name of fresh) state.topicsToDelete.add(name)
}

/** /admin/delete_topics has changed: those named there are to go. */
export function* onDeleteTopicsChanged(context: ControllerContext): Steps<void> {
  yield* markDeletions(context)
  yield* resumeDeletions(context)
}
