import type { ControllerState } from './controller-state.ts'
import { preferredLeaderOf } from './controller-state.ts'

/** How many of each a controller has charge of. */
export interface ControllerCharge {
  readonly brokers: number
  readonly topics: number
  readonly partitions: number
  readonly offlinePartitions: number
  readonly imbalancedPartitions: number
  readonly topicsToDelete: number
  readonly topicsIneligibleToDelete: number
  readonly replicasToDelete: number
}

/** Of a broker that is not the controller. */
export const noCharge: ControllerCharge = {
  brokers: 0,
  topics: 0,
  partitions: 0,
  offlinePartitions: 0,
  imbalancedPartitions: 0,
  topicsToDelete: 0,
  topicsIneligibleToDelete: 0,
  replicasToDelete: 0,
}

export function chargeOf(state: ControllerState): ControllerCharge {
  let [partitions, offlinePartitions, imbalancedPartitions, replicasToDelete] = [0, 0, 0, 0]
  for (const partition of state.allPartitions()) {
    partitions++
    if (state.isDeleting(partition.topic)) {
      replicasToDelete += partition.assignment.replicas.length
      continue
    }
    const { leadership } = partition
    if (leadership === undefined || state.isLeaderless(partition)) offlinePartitions++
    if (leadership !== undefined && leadership.leader !== preferredLeaderOf(partition)) imbalancedPartitions++
  }
  return {
    brokers: state.liveBrokers.size,
    topics: state.topics.size,
    partitions,
    offlinePartitions,
    imbalancedPartitions,
    topicsToDelete: state.topicsToDelete.size,
    topicsIneligibleToDelete: state.ineligibleForDeletion.size,
    replicasToDelete,
  }
}
