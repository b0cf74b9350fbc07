import type { Env, Histogram } from '@odradek/base'
import type { ControllerActivity, ControllerObserver } from '../../core/controller/controller-observer.ts'
import { controllerActivities } from '../../core/controller/controller-observer.ts'
import type { ControllerCharge } from '../../core/controller/controller-charge.ts'
import { metricName } from './metric-name.ts'

const helpOf: Readonly<Record<ControllerActivity, string>> = {
  AutoLeaderBalance: 'While the controller looks whether leaders are where they should be.',
  ControlledShutdown: 'While the controller moves the leaderships of a broker that stops.',
  ControllerChange: 'While a broker stands for election as the controller, or takes over.',
  IsrChange: 'While the controller handles changes of in-sync replicas.',
  LeaderElection: 'While the controller handles brokers that come and go.',
  ListPartitionReassignment: 'While the controller says which partitions are being reassigned.',
  LogDirChange: 'While the controller handles log directories that have failed.',
  ManualLeaderBalance: 'While the controller elects leaders because it was asked to.',
  PartitionReassignment: 'While the controller begins and ends reassignments of partitions.',
  TopicChange: 'While the controller handles topics and partitions that were made.',
  TopicDeletion: 'While the controller begins to delete topics.',
  UncleanLeaderElectionEnable: 'While the controller elects leaders after unclean elections were allowed.',
}

const gauges: readonly (readonly [name: string, field: keyof ControllerCharge, help: string])[] = [
  ['ActiveBrokerCount', 'brokers', 'Brokers that are registered, on the controller.'],
  ['GlobalPartitionCount', 'partitions', 'Partitions, on the controller.'],
  ['GlobalTopicCount', 'topics', 'Topics, on the controller.'],
  ['OfflinePartitionsCount', 'offlinePartitions', 'Partitions that nobody leads, on the controller.'],
  [
    'PreferredReplicaImbalanceCount',
    'imbalancedPartitions',
    'Partitions that another than their first replica leads, on the controller.',
  ],
  ['ReplicasToDeleteCount', 'replicasToDelete', 'Replicas of topics that are being deleted, on the controller.'],
  [
    'TopicsIneligibleToDeleteCount',
    'topicsIneligibleToDelete',
    'Topics whose deletion has to wait, on the controller.',
  ],
  ['TopicsToDeleteCount', 'topicsToDelete', 'Topics that are being deleted, on the controller.'],
]

/** Shows what a controller has charge of (Kafka: KafkaController) and what it does (ControllerStats). Returns who is to be told of that. */
export function observeController(
  { clock, metrics }: Env,
  isActive: () => boolean,
  charge: () => ControllerCharge,
): ControllerObserver {
  const ofController = (name: string): string => metricName('kafka.controller', 'KafkaController', name)
  metrics.observe(ofController('ActiveControllerCount'), 'Whether this broker is the controller.', () =>
    isActive() ? 1 : 0,
  )
  for (const [name, field, help] of gauges) metrics.observe(ofController(name), help, () => charge()[field])
  const ofStats = (name: string): string => metricName('kafka.controller', 'ControllerStats', name)
  const times = new Map<ControllerActivity, Histogram>(
    controllerActivities.map((activity) => [
      activity,
      metrics.histogram(ofStats(`${activity}RateAndTimeMs`), helpOf[activity]),
    ]),
  )
  const uncleanElections = metrics.counter(
    ofStats('UncleanLeaderElectionsPerSec'),
    'Partitions that were given a leader that was not in sync.',
  )
  return {
    begins: (activity) => {
      const sinceMs = clock.monotonicMs()
      return () => times.get(activity)?.record(clock.monotonicMs() - sinceMs)
    },
    uncleanElection: () => uncleanElections.add(),
  }
}
