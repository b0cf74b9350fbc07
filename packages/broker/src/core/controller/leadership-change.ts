import { decodeConfigEntity, configEntityPath } from '../../znodes/config-entity.ts'
import { ZnodeError } from '../../znodes/znode-error.ts'
import type { ControllerContext } from './controller-context.ts'
import type { ControlledPartition, Leadership } from './controller-state.ts'
import { partitionName } from './controller-state.ts'
import type { ElectionReason } from './leader-election.ts'
import { electLeader } from './leader-election.ts'
import {
  changePartitionStates,
  readPartitionStates,
  STATE_WRITE_ATTEMPTS_MAX,
  writePartitionStates,
} from './partition-states.ts'
import { createPartitionStates } from './partition-creation.ts'
import type { Steps } from './znode-operation.ts'
import { askAll } from './znode-operation.ts'

/** The topics, of those whose partitions have lost all in-sync replicas, that would rather lose records than stand still. */
function* topicsThatAllowUnclean(
  context: ControllerContext,
  states: ReadonlyMap<ControlledPartition, Leadership>,
): Steps<Set<string>> {
  const topics = new Set<string>()
  for (const [partition, { isr }] of states) {
    if (!isr.some((brokerId) => context.state.isReplicaOnline(brokerId, partition))) topics.add(partition.topic)
  }
  const names = [...topics]
  const results = yield* askAll(names.map((name) => ({ op: 'getData', path: configEntityPath('topics', name) })))
  const isDefault = context.settings.isUncleanLeaderElectionEnabled()
  return new Set(
    names.filter((name, index) => {
      try {
        const config = decodeConfigEntity(configEntityPath('topics', name), results[index]?.data ?? null)
        const own = config.get('unclean.leader.election.enable')
        return own === undefined ? isDefault : own.trim().toLowerCase() === 'true'
      } catch (error) {
        if (!(error instanceof ZnodeError)) throw error
        return false
      }
    }),
  )
}

/** Elects leaders, writes the states and gathers the requests that tell of them. Returns the partitions that have a new leader. */
export function* changeLeaders(
  context: ControllerContext,
  partitions: readonly ControlledPartition[],
  reason: ElectionReason,
): Steps<ControlledPartition[]> {
  const changed: ControlledPartition[] = []
  let remaining = partitions
  for (let attempt = 0; remaining.length > 0 && attempt < STATE_WRITE_ATTEMPTS_MAX; attempt++) {
    const current = yield* readPartitionStates(context, remaining)
    const unclean = reason === 'offline' ? yield* topicsThatAllowUnclean(context, current) : new Set<string>()
    const next = new Map<ControlledPartition, Leadership>()
    const uncleanlyLed = new Set<ControlledPartition>()
    for (const [partition, state] of current) {
      if (state.controllerEpoch > context.epoch) {
        context.log('error', `The state of ${partitionName(partition)} was written by a newer controller.`)
        continue
      }
      const elected = electLeader(context.state, partition, state, reason, unclean.has(partition.topic))
      if (elected === undefined) {
        partition.leadership = state
        if (reason !== 'preferred') {
          context.log(
            'warn',
            `No replica of ${partitionName(partition)} can lead it (in sync: ${state.isr.join(', ')}).`,
          )
        }
        continue
      }
      if (elected.isUnclean) {
        uncleanlyLed.add(partition)
        context.log(
          'warn',
          `${partitionName(partition)} is led by ${elected.leader}, which was not in sync: records may be lost.`,
        )
      }
      next.set(partition, {
        leader: elected.leader,
        isr: elected.isr,
        leaderEpoch: state.leaderEpoch + 1,
        isRecovering: elected.isUnclean || state.isRecovering,
        controllerEpoch: context.epoch,
        partitionEpoch: state.partitionEpoch,
      })
    }
    const { written, conflicting } = yield* writePartitionStates(context, next)
    for (const partition of written) {
      if (uncleanlyLed.has(partition)) context.settings.observer?.uncleanElection()
      changed.push(partition)
      context.batch.addLeaderAndIsr(context.state.onlineReplicas(partition), partition, false)
    }
    remaining = conflicting
  }
  return changed
}

/** Begins a new leader epoch under the same leader, so that its replicas take what else has changed. Returns the partitions that have one. */
export function raiseLeaderEpochs(
  context: ControllerContext,
  partitions: readonly ControlledPartition[],
): Steps<ControlledPartition[]> {
  return changePartitionStates(context, partitions, ({ leader, isr }) => ({ leader, isr }))
}

/** Gives every partition without a leader one, if it can; and those that are still to begin their state. */
export function* bringPartitionsOnline(context: ControllerContext): Steps<void> {
  const partitions = [...context.state.allPartitions()].filter(({ topic }) => !context.state.isDeleting(topic))
  yield* createPartitionStates(
    context,
    partitions.filter(({ leadership }) => leadership === undefined),
  )
  yield* changeLeaders(
    context,
    partitions.filter((partition) => context.state.isLeaderless(partition)),
    'offline',
  )
  context.batch.flush()
}
