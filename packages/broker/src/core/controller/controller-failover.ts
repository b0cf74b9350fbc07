import { encodeFeature, decodeFeature, featurePath } from '../../znodes/feature.ts'
import { preferredReplicaElectionPath } from '../../znodes/preferred-replica-election.ts'
import { readBrokers } from './broker-changes.ts'
import type { ControllerContext } from './controller-context.ts'
import { onPreferredReplicaElection, scheduleRebalance } from './leader-rebalance.ts'
import { bringPartitionsOnline } from './leadership-change.ts'
import { dropOldNotifications } from './notifications.ts'
import { readPartitionStates } from './partition-states.ts'
import { onReassignPartitionsChanged } from './reassignment-requests.ts'
import { resumeReassignments } from './reassignment.ts'
import { bringReplicasOnline, takeMissingReplicasOffline } from './replica-changes.ts'
import { loadTopics, readTopicNames } from './topic-changes.ts'
import { markDeletions, resumeDeletions } from './topic-deletion.ts'
import type { Steps } from './znode-operation.ts'
import { ask, expect } from './znode-operation.ts'

const ENABLED = 1
/** The first look at the balance of leaders comes soon after the election. */
const FIRST_REBALANCE_DELAY_MS = 5000

function* ensureFeatureZnode(): Steps<void> {
  const read = { op: 'getData', path: featurePath, watch: true } as const
  const { error, data, version } = expect(read, yield* ask(read), 'NO_NODE')
  if (error === undefined && decodeFeature(data).status === ENABLED) return
  const write =
    error === undefined
      ? ({ op: 'setData', path: featurePath, data: encodeFeature({ status: ENABLED }), version } as const)
      : ({ op: 'create', path: featurePath, data: encodeFeature({ status: ENABLED }) } as const)
  expect(write, yield* ask(write), 'NODE_EXISTS', 'BAD_VERSION')
}

/** This broker has been elected: takes the cluster into memory, sets the watches, tells all brokers, and puts in order what is not. */
export function* takeOver(context: ControllerContext): Steps<void> {
  const { state, batch } = context
  yield* ensureFeatureZnode()
  yield* ask({ op: 'exists', path: preferredReplicaElectionPath, watch: true })
  yield* dropOldNotifications(context)
  for (const [brokerId, broker] of yield* readBrokers(context)) {
    state.liveBrokers.set(brokerId, broker)
    context.put({ type: 'add-broker', broker })
  }
  const partitions = yield* loadTopics(context, yield* readTopicNames())
  for (const [partition, leadership] of yield* readPartitionStates(context, partitions)) {
    partition.leadership = leadership
  }
  yield* markDeletions(context)
  // Brokers must know each other before any of them is told to follow another.
  batch.addUpdateMetadata(state.liveBrokers.keys(), state.allPartitions())
  batch.flush()
  bringReplicasOnline(context, [...state.liveBrokers.keys()])
  yield* takeMissingReplicasOffline(context)
  yield* bringPartitionsOnline(context)
  yield* onReassignPartitionsChanged(context)
  yield* resumeReassignments(context)
  yield* onPreferredReplicaElection(context)
  yield* resumeDeletions(context)
  scheduleRebalance(context, FIRST_REBALANCE_DELAY_MS)
  context.log(
    'info',
    `This broker is the controller (epoch ${context.epoch}): ${state.liveBrokers.size} brokers, ${state.topics.size} topics, ${partitions.length} partitions.`,
  )
}
