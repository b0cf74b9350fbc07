import type { ControlledPartition, ControllerState, Leadership } from './controller-state.ts'
import { preferredLeaderOf } from './controller-state.ts'

/**
 * Why a leader is elected: nobody leads (`offline`), the first replica should (`preferred`), a broker goes (`controlled-shutdown`), the leader is
 * not among the replicas any more (`reassignment`), or somebody asks for a leader whatever is lost (`unclean`).
 */
export type ElectionReason = 'offline' | 'preferred' | 'controlled-shutdown' | 'reassignment' | 'unclean'

/** Who is to lead, with which replicas in sync; undefined when nobody can. */
export interface ElectedLeader {
  readonly leader: number
  readonly isr: readonly number[]
  readonly isUnclean: boolean
}

/** The first replica of the assignment that is there and in sync; with `allowUnclean`, the first that is there. */
function electForOffline(
  state: ControllerState,
  partition: ControlledPartition,
  { isr }: Leadership,
  allowUnclean: boolean,
): ElectedLeader | undefined {
  const online = state.onlineReplicas(partition)
  const inSync = online.find((brokerId) => isr.includes(brokerId))
  if (inSync !== undefined) {
    const remaining = isr.filter((brokerId) => state.isReplicaOnline(brokerId, partition))
    return { leader: inSync, isr: remaining, isUnclean: false }
  }
  const outOfSync = allowUnclean ? online[0] : undefined
  return outOfSync === undefined ? undefined : { leader: outOfSync, isr: [outOfSync], isUnclean: true }
}

/** Chooses a leader by Kafka's rules. Pure. */
export function electLeader(
  state: ControllerState,
  partition: ControlledPartition,
  current: Leadership,
  reason: ElectionReason,
  allowUnclean: boolean,
): ElectedLeader | undefined {
  switch (reason) {
    case 'offline':
      return electForOffline(state, partition, current, allowUnclean)
    case 'unclean':
      return electForOffline(state, partition, current, true)
    case 'preferred': {
      const preferred = preferredLeaderOf(partition)
      return preferred !== undefined &&
        state.isReplicaOnline(preferred, partition) &&
        current.isr.includes(preferred) &&
        preferred !== current.leader
        ? { leader: preferred, isr: current.isr, isUnclean: false }
        : undefined
    }
    case 'controlled-shutdown':
    case 'reassignment': {
      const leader = state.onlineReplicas(partition).find((brokerId) => current.isr.includes(brokerId))
      if (leader === undefined) return undefined
      const isr =
        reason === 'reassignment' ? current.isr : current.isr.filter((brokerId) => !state.shuttingDown.has(brokerId))
      return { leader, isr, isUnclean: false }
    }
  }
}
