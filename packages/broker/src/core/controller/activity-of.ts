import { brokerIdsPath } from '../../znodes/broker-id.ts'
import { controllerPath } from '../../znodes/controller.ts'
import { deleteTopicsPath } from '../../znodes/delete-topic.ts'
import { isrChangeNotificationPath } from '../../znodes/isr-change-notification.ts'
import { logDirEventNotificationPath } from '../../znodes/log-dir-event.ts'
import { preferredReplicaElectionPath } from '../../znodes/preferred-replica-election.ts'
import { reassignPartitionsPath } from '../../znodes/reassign-partitions.ts'
import { topicsPath } from '../../znodes/topic.ts'
import type { ControllerEvent } from './controller-event.ts'
import type { ControllerActivity } from './controller-observer.ts'

/** By the path that has changed, or the one above it. Brokers that come and go are what elections are about: Kafka's name says so. */
const byPath: Readonly<Record<string, ControllerActivity>> = {
  [brokerIdsPath]: 'LeaderElection',
  [controllerPath]: 'ControllerChange',
  [deleteTopicsPath]: 'TopicDeletion',
  [isrChangeNotificationPath]: 'IsrChange',
  [logDirEventNotificationPath]: 'LogDirChange',
  [preferredReplicaElectionPath]: 'ManualLeaderBalance',
  [reassignPartitionsPath]: 'PartitionReassignment',
  [topicsPath]: 'TopicChange',
}

/** What an event makes the controller do, where Kafka has a name for it. */
export function activityOf(event: ControllerEvent): ControllerActivity | undefined {
  switch (event.type) {
    case 'registered':
      return 'ControllerChange'
    case 'znode-changed':
      return byPath[event.path] ?? byPath[event.path.slice(0, event.path.lastIndexOf('/'))]
    case 'unclean-election-allowed':
      return 'UncleanLeaderElectionEnable'
    case 'timer':
      return 'AutoLeaderBalance'
    case 'alter-partition':
      return 'IsrChange'
    case 'controlled-shutdown':
      return 'ControlledShutdown'
    case 'elect-leaders':
      return 'ManualLeaderBalance'
    case 'alter-reassignments':
      return 'PartitionReassignment'
    case 'list-reassignments':
      return 'ListPartitionReassignment'
    default:
      return undefined
  }
}
