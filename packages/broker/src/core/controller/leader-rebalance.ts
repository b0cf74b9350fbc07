import {
  decodePreferredReplicaElection,
  preferredReplicaElectionPath,
} from '../../znodes/preferred-replica-election.ts'
import { ZnodeError } from '../../znodes/znode-error.ts'
import type { ControllerContext } from './controller-context.ts'
import type { ControlledPartition } from './controller-state.ts'
import { preferredLeaderOf } from './controller-state.ts'
import { changeLeaders } from './leadership-change.ts'
import type { Steps } from './znode-operation.ts'
import { ask } from './znode-operation.ts'

/** Gives the leadership of partitions to their first replicas, where these are in sync. */
export function* electPreferredLeaders(
  context: ControllerContext,
  partitions: readonly ControlledPartition[],
): Steps<void> {
  yield* changeLeaders(
    context,
    partitions.filter(({ topic, leadership }) => leadership !== undefined && !context.state.isDeleting(topic)),
    'preferred',
  )
  context.batch.flush()
}

/** Partitions that the broker should lead and does not, if they are more than the share that may lie elsewhere. */
function imbalanceOf(context: ControllerContext, brokerId: number): ControlledPartition[] {
  const { state, settings } = context
  const preferred = [...state.partitionsOn(brokerId)].filter(
    (partition) => preferredLeaderOf(partition) === brokerId && !state.isDeleting(partition.topic),
  )
  const elsewhere = preferred.filter(({ leadership }) => leadership !== undefined && leadership.leader !== brokerId)
  const isTooMany = elsewhere.length * 100 > settings.leaderImbalancePerBrokerPercentage * preferred.length
  return isTooMany
    ? elsewhere.filter(
        (partition) =>
          state.isReplicaOnline(brokerId, partition) && partition.leadership?.isr.includes(brokerId) === true,
      )
    : []
}

/** The timer of auto.leader.rebalance.enable. */
export function* rebalanceLeaders(context: ControllerContext): Steps<void> {
  const partitions = [...context.state.liveBrokers.keys()].flatMap((brokerId) => imbalanceOf(context, brokerId))
  if (partitions.length > 0) {
    context.log('info', `Giving the leadership of ${partitions.length} partitions back to their preferred replicas.`)
    yield* electPreferredLeaders(context, partitions)
  }
  scheduleRebalance(context, context.settings.leaderImbalanceCheckIntervalMs)
}

export function scheduleRebalance(context: ControllerContext, delayMs: number): void {
  if (!context.settings.isAutoLeaderRebalanceEnabled) return
  context.put({ type: 'timer', name: 'leader-rebalance', epoch: context.epoch, delayMs })
}

/** The old way to ask for preferred leaders: a znode that names partitions. It is removed when they are elected. */
export function* onPreferredReplicaElection(context: ControllerContext): Steps<void> {
  const { data, error } = yield* ask({ op: 'getData', path: preferredReplicaElectionPath, watch: true })
  if (error === undefined) {
    try {
      const wanted = decodePreferredReplicaElection(data)
      yield* electPreferredLeaders(
        context,
        wanted.flatMap(({ topic, partition }) => context.state.partition(topic, partition) ?? []),
      )
    } catch (fault) {
      if (!(fault instanceof ZnodeError)) throw fault
      context.log('error', fault.message)
    }
  }
  yield* context.write([{ op: 'delete', path: preferredReplicaElectionPath }])
  yield* ask({ op: 'exists', path: preferredReplicaElectionPath, watch: true })
}
