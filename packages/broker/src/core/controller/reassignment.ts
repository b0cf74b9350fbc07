import type { ReplicaAssignment } from '../../znodes/topic.ts'
import {
  isBeingReassigned,
  originReplicas,
  sameAssignment,
  sameReplicas,
  settledAssignment,
  targetReplicas,
} from '../topics/replica-assignment.ts'
import type { ControllerContext } from './controller-context.ts'
import type { ControlledPartition } from './controller-state.ts'
import { changeLeaders, raiseLeaderEpochs } from './leadership-change.ts'
import { createPartitionStates } from './partition-creation.ts'
import { readPartitionStates } from './partition-states.ts'
import { forgetReassignmentWishes } from './reassignment-znode.ts'
import { takeReplicasOffline } from './replica-changes.ts'
import { storeAssignments } from './topic-assignments.ts'
import { resumeDeletions } from './topic-deletion.ts'
import type { Steps } from './znode-operation.ts'

/*
 * A reassignment goes in three steps, each of which a controller that takes over finds in ZooKeeper (KIP-455).
 * Update: the topic's znode names the old and the new replicas. Copy: all of them hear of it, and the new ones begin to fetch.
 * Completion, when the new ones are in sync: one of them leads, those that go are stopped and deleted, and the znode names the new ones only.
 * The original replicas are in the topic's znode until the last write, so whatever happens meanwhile can still be undone.
 */

type Replicas = readonly (readonly [brokerId: number, partition: ControlledPartition])[]

/** Takes replicas that are not assigned any more out of the in-sync sets, stops and deletes them. */
function* removeReplicas(context: ControllerContext, replicas: Replicas): Steps<void> {
  const { batch } = context
  const byBroker = Map.groupBy(replicas, ([brokerId]) => brokerId)
  for (const [brokerId, entries] of byBroker) {
    yield* takeReplicasOffline(
      context,
      brokerId,
      entries.map(([, partition]) => partition),
    )
  }
  batch.flush()
  for (const [brokerId, partition] of replicas) batch.addStopReplica([brokerId], partition, true)
  batch.flush()
}

const isLedByTarget = ({ state }: ControllerContext, partition: ControlledPartition): boolean => {
  const leader = partition.leadership?.leader
  return (
    leader !== undefined && partition.assignment.replicas.includes(leader) && state.isReplicaOnline(leader, partition)
  )
}

const isTargetInSync = ({ assignment, leadership }: ControlledPartition): boolean =>
  targetReplicas(assignment).every((brokerId) => leadership?.isr.includes(brokerId))

/** Writes what is wanted and takes it into memory; replicas that nobody wants any more go. Returns the partitions for which that could be done. */
function* update(
  context: ControllerContext,
  wanted: ReadonlyMap<ControlledPartition, ReplicaAssignment>,
): Steps<ControlledPartition[]> {
  const changes = new Map(
    [...wanted].filter(([partition, assignment]) => !sameAssignment(partition.assignment, assignment)),
  )
  const stored = yield* storeAssignments(context, changes)
  const unneeded: (readonly [number, ControlledPartition])[] = []
  for (const [partition, assignment] of changes) {
    if (!stored.has(partition)) continue
    for (const brokerId of partition.assignment.replicas) {
      if (!assignment.replicas.includes(brokerId)) unneeded.push([brokerId, partition])
    }
    partition.assignment = assignment
  }
  yield* removeReplicas(context, unneeded)
  return [...wanted.keys()].filter((partition) => !changes.has(partition) || stored.has(partition))
}

/** Tells old and new replicas of each other. New ones may be made in any directory, so they alone are told that they are new. */
function* beginCopies(context: ControllerContext, partitions: readonly ControlledPartition[]): Steps<void> {
  for (const partition of yield* raiseLeaderEpochs(context, partitions)) {
    context.batch.addLeaderAndIsr(originReplicas(partition.assignment), partition, false)
    context.batch.addLeaderAndIsr(partition.assignment.adding, partition, true)
  }
  context.batch.flush()
}

function* complete(context: ControllerContext, partitions: readonly ControlledPartition[]): Steps<void> {
  const { state, batch } = context
  const removed: (readonly [number, ControlledPartition])[] = []
  for (const partition of partitions) {
    const { assignment } = partition
    for (const brokerId of assignment.removing) removed.push([brokerId, partition])
    partition.assignment = settledAssignment(targetReplicas(assignment))
  }
  const moving = partitions.filter((partition) => !isLedByTarget(context, partition))
  const staying = partitions.filter((partition) => isLedByTarget(context, partition))
  yield* changeLeaders(context, moving, 'reassignment')
  for (const partition of yield* raiseLeaderEpochs(context, staying)) {
    batch.addLeaderAndIsr(partition.assignment.replicas, partition, false)
  }
  batch.flush()
  yield* removeReplicas(context, removed)
  yield* storeAssignments(context, new Map(partitions.map((partition) => [partition, partition.assignment])))
  const completed = new Set(partitions)
  yield* forgetReassignmentWishes(context, ({ topic, partition, replicas }) => {
    const known = state.partition(topic, partition)
    return known !== undefined && completed.has(known) && sameReplicas(replicas, known.assignment.replicas)
  })
  batch.addUpdateMetadata(state.liveBrokers.keys(), partitions)
  batch.flush()
  yield* resumeDeletions(context)
}

/**
 * Begins, goes on with, or completes reassignments: as far as each can go now. Returns the partitions whose wanted assignment is stored. A
 * reassignment to the replicas that are there already is complete at once.
 */
export function* reassign(
  context: ControllerContext,
  wanted: ReadonlyMap<ControlledPartition, ReplicaAssignment>,
): Steps<ControlledPartition[]> {
  const stored = yield* update(context, wanted)
  yield* createPartitionStates(
    context,
    stored.filter(({ leadership }) => leadership === undefined),
  )
  context.batch.flush()
  const states = yield* readPartitionStates(context, stored)
  for (const [partition, leadership] of states) partition.leadership = leadership
  const isDone = (partition: ControlledPartition): boolean =>
    !isBeingReassigned(partition.assignment) || isTargetInSync(partition)
  const copying = stored.filter((partition) => !isDone(partition))
  const done = stored.filter(isDone)
  if (copying.length > 0) yield* beginCopies(context, copying)
  if (done.length > 0) yield* complete(context, done)
  return stored
}

/** Partitions that are being reassigned, of topics that stay. */
function underWay(context: ControllerContext, partitions: Iterable<ControlledPartition>): ControlledPartition[] {
  return [...partitions].filter(
    ({ topic, assignment }) => isBeingReassigned(assignment) && !context.state.isDeleting(topic),
  )
}

/** Goes on with reassignments from where they stand; with `brokerIds`, those that bring replicas to these brokers. */
export function* resumeReassignments(context: ControllerContext, brokerIds?: readonly number[]): Steps<void> {
  const partitions = underWay(context, context.state.allPartitions()).filter(
    ({ assignment }) =>
      brokerIds === undefined || targetReplicas(assignment).some((brokerId) => brokerIds.includes(brokerId)),
  )
  yield* reassign(context, new Map(partitions.map((partition) => [partition, partition.assignment])))
}

/** In-sync sets have grown: completes the reassignments that waited for it. */
export function* completeReassignments(
  context: ControllerContext,
  partitions: Iterable<ControlledPartition>,
): Steps<void> {
  const ready = underWay(context, partitions).filter(isTargetInSync)
  if (ready.length > 0) yield* reassign(context, new Map(ready.map((partition) => [partition, partition.assignment])))
}
