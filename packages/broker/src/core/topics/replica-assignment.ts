import type { ReplicaAssignment } from '../../znodes/topic.ts'

/*
 * A reassignment in the topic's znode (KIP-455): while it is under way the replicas are the wanted ones, in their order, and behind them
 * those that are to go; `adding` are those that were not there before, `removing` those that will not be.
 */

/** An assignment that nothing is to change. */
export function settledAssignment(replicas: readonly number[]): ReplicaAssignment {
  return { replicas, adding: [], removing: [] }
}

export function isBeingReassigned({ adding, removing }: ReplicaAssignment): boolean {
  return adding.length > 0 || removing.length > 0
}

/** The replicas before the reassignment, and after it was cancelled. */
export function originReplicas({ replicas, adding }: ReplicaAssignment): number[] {
  return replicas.filter((brokerId) => !adding.includes(brokerId))
}

/** The replicas that there will be. */
export function targetReplicas({ replicas, removing }: ReplicaAssignment): number[] {
  return replicas.filter((brokerId) => !removing.includes(brokerId))
}

/** The assignment on its way to `target`, from where it stood before a reassignment that is under way. */
export function reassignedTo(assignment: ReplicaAssignment, target: readonly number[]): ReplicaAssignment {
  const origin = originReplicas(assignment)
  return {
    replicas: [...target, ...origin.filter((brokerId) => !target.includes(brokerId))],
    adding: target.filter((brokerId) => !origin.includes(brokerId)),
    removing: origin.filter((brokerId) => !target.includes(brokerId)),
  }
}

/** Whether two lists name the same replicas in the same order. */
export function sameReplicas(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((brokerId, index) => right[index] === brokerId)
}

export function sameAssignment(left: ReplicaAssignment, right: ReplicaAssignment): boolean {
  return (
    sameReplicas(left.replicas, right.replicas) &&
    sameReplicas(left.adding, right.adding) &&
    sameReplicas(left.removing, right.removing)
  )
}
