import type { SavedGroup } from '../group-record.ts'
import type { Turn } from '../turn.ts'
import type { ClassicGroup } from './classic-group.ts'
import { prolongSession } from './member-replies.ts'
import { prepareRebalance } from './rebalance.ts'
import { makeMember } from './sessions.ts'

/** Brings a fresh group to where the log says it stood: stable with its members, each with a whole session timeout before it, or empty. */
export function restoreGroup(group: ClassicGroup, turn: Turn, saved: SavedGroup): void {
  group.generation = saved.generation
  group.protocolType = saved.protocolType === '' ? undefined : saved.protocolType
  group.protocolName = saved.protocol ?? undefined
  group.leaderId = saved.leader ?? undefined
  group.stateChangedMs = saved.stateChangedMs
  if (saved.members.length > 0) group.state = 'Stable'
  for (const { subscription, ...fields } of saved.members) {
    const protocols = [{ name: saved.protocol ?? '', metadata: subscription }]
    const member = makeMember(group, { ...fields, protocols, isNew: false })
    group.add(member)
    prolongSession(turn, member)
  }
  group.updateSubscribedTopics()
  if (group.members.size > group.config.membersMax) {
    prepareRebalance(group, turn, `it has more members than group.max.size allows (${group.config.membersMax})`)
  }
}
