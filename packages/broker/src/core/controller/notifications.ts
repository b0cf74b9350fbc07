import { decodeIsrChange, isrChangeNotificationPath, isrChangePath } from '../../znodes/isr-change-notification.ts'
import { decodeLogDirEvent, logDirEventNotificationPath, logDirEventPath } from '../../znodes/log-dir-event.ts'
import { ZnodeError } from '../../znodes/znode-error.ts'
import type { ControllerContext } from './controller-context.ts'
import type { BrokerAnswer } from './controller-event.ts'
import type { ControlledPartition } from './controller-state.ts'
import { readPartitionStates } from './partition-states.ts'
import { completeReassignments } from './reassignment.ts'
import { bringReplicasOnline, onReplicasOffline } from './replica-changes.ts'
import type { Steps } from './znode-operation.ts'
import { ask, askAll } from './znode-operation.ts'

/** KAFKA_STORAGE_ERROR in an answer: the replica's directory has failed. */
const KAFKA_STORAGE_ERROR = 56

/** Reads the notifications below `parent`, watches for more, and deletes those that were read. */
function* takeNotifications<Value>(
  context: ControllerContext,
  parent: string,
  pathOf: (name: string) => string,
  decode: (name: string, data: Buffer | null) => Value,
): Steps<Value[]> {
  const { children } = yield* ask({ op: 'getChildren', path: parent, watch: true })
  const names = [...children].sort()
  const results = yield* askAll(names.map((name) => ({ op: 'getData', path: pathOf(name) })))
  const values: Value[] = []
  for (const [index, name] of names.entries()) {
    const result = results[index]
    if (result === undefined || result.error !== undefined) continue
    try {
      values.push(decode(name, result.data))
    } catch (error) {
      if (!(error instanceof ZnodeError)) throw error
      context.log('error', error.message)
    }
  }
  yield* context.write(names.map((name) => ({ op: 'delete', path: pathOf(name) })))
  return values
}

/** After an election, old notifications say nothing that is not about to be read anyway. */
export function* dropOldNotifications(context: ControllerContext): Steps<void> {
  for (const [parent, pathOf] of [
    [logDirEventNotificationPath, logDirEventPath],
    [isrChangeNotificationPath, isrChangePath],
  ] as const) {
    yield* takeNotifications(context, parent, pathOf, () => undefined)
  }
}

/** Brokers before 2.7 have changed in-sync replicas themselves: the states are read again and all brokers told. */
export function* onIsrChanged(context: ControllerContext): Steps<void> {
  const { state, batch } = context
  const changes = yield* takeNotifications(context, isrChangeNotificationPath, isrChangePath, decodeIsrChange)
  const partitions = new Set(changes.flat().flatMap(({ topic, partition }) => state.partition(topic, partition) ?? []))
  const states = yield* readPartitionStates(context, [...partitions])
  for (const [partition, leadership] of states) partition.leadership = leadership
  batch.addUpdateMetadata(state.liveBrokers.keys(), states.keys())
  batch.flush()
  yield* completeReassignments(context, states.keys())
}

/** A broker has lost a log directory: its answer to a LeaderAndIsr about all its replicas tells which. */
export function* onLogDirFailed(context: ControllerContext): Steps<void> {
  const brokerIds = new Set(
    yield* takeNotifications(context, logDirEventNotificationPath, logDirEventPath, decodeLogDirEvent),
  )
  if (brokerIds.size > 0) bringReplicasOnline(context, [...brokerIds])
}

/** A broker has answered a LeaderAndIsr: replicas that it could not serve are offline, others are back. */
export function* onLeaderAndIsrAnswered(
  context: ControllerContext,
  brokerId: number,
  { response }: Extract<BrokerAnswer, { api: 'leader-and-isr' }>,
): Steps<void> {
  const { state } = context
  if (response.errorCode !== 0) {
    context.log('error', `Broker ${brokerId} answered LeaderAndIsr with error ${response.errorCode}.`)
    return
  }
  const failed = state.failedReplicas.get(brokerId) ?? new Set<ControlledPartition>()
  const newlyFailed: ControlledPartition[] = []
  for (const { topicId, partitionErrors } of response.topics) {
    const topic = state.topicNamesById.get(topicId)
    for (const { partitionIndex, errorCode } of partitionErrors) {
      const partition = topic === undefined ? undefined : state.partition(topic, partitionIndex)
      if (partition === undefined) continue
      if (errorCode === KAFKA_STORAGE_ERROR && !failed.has(partition)) {
        failed.add(partition)
        newlyFailed.push(partition)
      } else if (errorCode === 0) {
        failed.delete(partition)
      }
    }
  }
  state.failedReplicas.set(brokerId, failed)
  if (newlyFailed.length > 0) yield* onReplicasOffline(context, new Map([[brokerId, newlyFailed]]))
}
