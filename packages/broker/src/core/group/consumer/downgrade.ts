import type { Settled } from '@odradek/coordinator'
import { DecodeError } from '@odradek/base'
import { KafkaError } from '@odradek/kafka-protocol'
import { prolongSession } from '../classic/member-replies.ts'
import { prepareRebalance } from '../classic/rebalance.ts'
import { restoreGroup } from '../classic/restore-group.ts'
import { selectProtocol } from '../classic/select-protocol.ts'
import { consumerProtocolType } from '../classic/subscribed-topics.ts'
import type { GroupRecord, SavedGroup } from '../group-record.ts'
import type { ConsumerContext } from './consumer-context.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ClassicMemberMetadata, ConsumerMember } from './consumer-member.ts'
import { encodeAssignment } from './consumer-protocol.ts'
import type { ConsumerRecord } from './consumer-record.ts'
import { consumerGroupTombstones } from './consumer-record.ts'

/** Whether the group can go back to the classic protocol once `leaving` are out: others must be left, all of the classic protocol. */
export function canDowngradeWithout(
  { config }: ConsumerContext,
  group: ConsumerGroup,
  leaving: readonly ConsumerMember[],
): boolean {
  const leavingClassic = leaving.filter(({ classic }) => classic !== undefined).length
  const left = group.members.size - leaving.length
  if (group.classicMemberCount - leavingClassic !== left || left <= 0) return false
  return config.consumer.migration.downgrade && left <= config.membersMax
}

/** Whether it can when a static member of the classic protocol takes the place of `replaced`, the last one of the consumer protocol. */
export function canDowngradeReplacing(
  { config }: ConsumerContext,
  group: ConsumerGroup,
  replaced: ConsumerMember,
): boolean {
  return (
    replaced.classic === undefined &&
    group.classicMemberCount === group.members.size - 1 &&
    config.consumer.migration.downgrade &&
    group.members.size <= config.membersMax
  )
}

export interface Downgrade {
  readonly leaving: readonly ConsumerMember[]
  /** The static member that takes the place of another, whose records are in `before`. */
  readonly joining?: ConsumerMember
  /** What is written first. */
  readonly before?: readonly ConsumerRecord[]
  /** Set when the members are to join again. */
  readonly rebalanceReason?: string
  readonly settled?: Settled<GroupRecord>
}

/**
 * Makes the group a classic one (KIP-848, online downgrade), stable with what each member's target is. Throws GROUP_ID_NOT_FOUND when what a
 * member said about itself cannot be read; nothing is done then.
 */
export function downgrade(context: ConsumerContext, group: ConsumerGroup, options: Downgrade): void {
  const { turn, groupNow } = context
  const { groupId } = group
  const { leaving, joining, before = [], rebalanceReason, settled } = options
  const replacedId = group.staticMember(joining?.instanceId ?? null)?.memberId
  const gone = new Set([...leaving.map(({ memberId }) => memberId), replacedId])
  const members = [...group.members.values()].filter(({ memberId }) => !gone.has(memberId))
  if (joining !== undefined) members.push(joining)
  const saved = savedGroup(context, group, members, { joining, replacedId })
  const tombstoneIds = [...group.members.keys()].map((memberId) =>
    joining !== undefined && memberId === replacedId ? joining.memberId : memberId,
  )
  turn.effects.note(`group ${groupId} goes back to the classic protocol`, { members: members.length })
  turn.effects.write({
    records: [
      ...before,
      ...consumerGroupTombstones(groupId, tombstoneIds, group.resolvedRegexes.keys()),
      { kind: 'group', groupId, value: saved },
    ],
    appended: (effects, now) => {
      const { classic } = groupNow()
      restoreGroup(classic, { effects, now }, saved)
      for (const { memberId, classic: metadata } of members) {
        const member = classic.members.get(memberId)
        if (member === undefined || metadata === undefined) continue
        classic.setProtocols(member, metadata.supportedProtocols)
        prolongSession({ effects, now }, member)
      }
      if (rebalanceReason !== undefined && classic.state === 'Stable') {
        prepareRebalance(classic, { effects, now }, rebalanceReason)
      }
    },
    ...(settled === undefined ? {} : { settled }),
  })
}

function savedGroup(
  { topics, turn }: ConsumerContext,
  group: ConsumerGroup,
  members: readonly ConsumerMember[],
  { joining, replacedId }: { joining: ConsumerMember | undefined; replacedId: string | undefined },
): SavedGroup {
  const protocol = commonProtocol(members.flatMap(({ classic }) => (classic === undefined ? [] : [classic])))
  const subscriptionOf = ({ classic }: ConsumerMember): Buffer =>
    classic?.supportedProtocols.find(({ name }) => name === protocol)?.metadata ?? Buffer.alloc(0)
  try {
    return {
      protocolType: consumerProtocolType,
      generation: group.groupEpoch,
      protocol: protocol ?? null,
      leader: members[0]?.memberId ?? null,
      stateChangedMs: turn.now.wallMs,
      members: members.map((member) => {
        const targetId = member === joining ? (replacedId ?? member.memberId) : member.memberId
        return {
          memberId: member.memberId,
          groupInstanceId: member.instanceId,
          clientId: member.clientId,
          clientHost: member.clientHost,
          rebalanceTimeoutMs: member.rebalanceTimeoutMs,
          sessionTimeoutMs: member.classic?.sessionTimeoutMs ?? 0,
          subscription: subscriptionOf(member),
          assignment: encodeAssignment(group.targetOf(targetId), subscriptionOf(member), topics),
        }
      }),
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new KafkaError('GROUP_ID_NOT_FOUND', `Cannot downgrade the classic group ${group.groupId}: ${error.message}.`)
  }
}

function commonProtocol(members: readonly ClassicMemberMetadata[]): string | undefined {
  const lists = members.map(({ supportedProtocols }) => ({ protocols: supportedProtocols }))
  const names = new Set(lists.flatMap(({ protocols }) => protocols.map(({ name }) => name)))
  const common = [...names].filter((name) => lists.every(({ protocols }) => protocols.some((it) => it.name === name)))
  return selectProtocol(lists, new Set(common))
}
