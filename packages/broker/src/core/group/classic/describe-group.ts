import type { ClassicGroup } from './classic-group.ts'
import { metadataOf } from './classic-member.ts'

/** A group as DescribeGroups shows it. */
export interface GroupDescription {
  readonly groupState: string
  readonly protocolType: string
  /** The chosen protocol, of a stable group only. */
  readonly protocolData: string
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly clientId: string
    readonly clientHost: string
    readonly memberMetadata: Buffer
    readonly memberAssignment: Buffer
  }[]
}

export function describeGroup(group: ClassicGroup): GroupDescription {
  const protocolName = group.state === 'Stable' ? (group.protocolName ?? '') : ''
  return {
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: protocolName,
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: group.state === 'Stable' ? metadataOf(member, protocolName) : Buffer.alloc(0),
      memberAssignment: group.state === 'Stable' ? member.assignment : Buffer.alloc(0),
    })),
  }
}
