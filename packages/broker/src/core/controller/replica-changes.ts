import type { ControllerContext } from './controller-context.ts'
import type { ControlledPartition } from './controller-state.ts'
import { NO_LEADER } from './controller-state.ts'
import { bringPartitionsOnline } from './leadership-change.ts'
import { changePartitionStates } from './partition-states.ts'
import type { Steps } from './znode-operation.ts'

/** Takes a broker out of the in-sync replicas; the last one stays, so that it can be elected again, but leads no more. */
function removeFromIsr(
  context: ControllerContext,
  brokerId: number,
  partitions: readonly ControlledPartition[],
): Steps<ControlledPartition[]> {
  return changePartitionStates(context, partitions, ({ leader, isr }) => {
    if (!isr.includes(brokerId)) return undefined
    return {
      leader: leader === brokerId ? NO_LEADER : leader,
      isr: isr.length === 1 ? isr : isr.filter((replica) => replica !== brokerId),
    }
  })
}

/**
 * A broker's replicas go offline: it is told to stop them, without deleting, if it is still there; the others go on without it.
 * Requests are gathered, not sent.
 */
export function* takeReplicasOffline(
  context: ControllerContext,
  brokerId: number,
  partitions: readonly ControlledPartition[],
): Steps<void> {
  const { state, batch } = context
  for (const partition of partitions) batch.addStopReplica([brokerId], partition, false)
  const changed = yield* removeFromIsr(
    context,
    brokerId,
    partitions.filter(({ leadership }) => leadership !== undefined),
  )
  for (const partition of changed) {
    if (state.isDeleting(partition.topic)) continue
    const others = partition.assignment.replicas.filter(
      (replica) => replica !== brokerId && state.isReplicaOnline(replica, partition),
    )
    batch.addLeaderAndIsr(others, partition, false)
  }
  for (const partition of partitions) batch.addUpdateMetadata(state.liveBrokers.keys(), [partition])
}

/** After brokers went or lost a directory: new leaders where they led, and their replicas out of the in-sync sets. */
export function* onReplicasOffline(
  context: ControllerContext,
  replicas: ReadonlyMap<number, readonly ControlledPartition[]>,
): Steps<void> {
  const { state, batch } = context
  const anyLeaderless = [...state.allPartitions()].some(
    (partition) => !state.isDeleting(partition.topic) && state.isLeaderless(partition),
  )
  yield* bringPartitionsOnline(context)
  for (const [brokerId, partitions] of replicas) {
    yield* takeReplicasOffline(
      context,
      brokerId,
      partitions.filter(({ topic }) => !state.isDeleting(topic)),
    )
  }
  if (!anyLeaderless) batch.addUpdateMetadata(state.liveBrokers.keys(), [])
  batch.flush()
}

/** After an election: brokers that went while nobody was in charge are still named as in sync. */
export function* takeMissingReplicasOffline(context: ControllerContext): Steps<void> {
  const { state, batch } = context
  const missing = new Map<number, ControlledPartition[]>()
  for (const partition of state.allPartitions()) {
    if (partition.leadership === undefined || state.isDeleting(partition.topic)) continue
    for (const brokerId of partition.assignment.replicas) {
      if (state.isReplicaOnline(brokerId, partition)) continue
      const partitions = missing.get(brokerId)
      if (partitions === undefined) missing.set(brokerId, [partition])
      else partitions.push(partition)
    }
  }
  for (const [brokerId, partitions] of missing) yield* takeReplicasOffline(context, brokerId, partitions)
  batch.flush()
}

/** Tells a broker that has come about its replicas whose partitions have a state. */
export function bringReplicasOnline(context: ControllerContext, brokerIds: readonly number[]): void {
  const { state, batch } = context
  for (const brokerId of brokerIds) {
    for (const partition of state.partitionsOn(brokerId)) {
      if (partition.leadership === undefined || state.isDeleting(partition.topic)) continue
      if (state.isReplicaOnline(brokerId, partition)) batch.addLeaderAndIsr([brokerId], partition, false)
    }
  }
  batch.flush()
}
