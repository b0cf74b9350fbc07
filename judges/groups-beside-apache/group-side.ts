// One of the two brokers, as one group's members see it.
import { BrokerConnection } from '@odradek/client'
import type { Env } from '@odradek/base'
import { ErrorCode, errorOf } from '@odradek/kafka-protocol'
import type { Input, Message } from '@odradek/kafka-protocol'
import { offsetCommitRequest, offsetCommitResponse } from '@odradek/kafka-protocol/messages/08-offset-commit'
import { offsetFetchRequest, offsetFetchResponse } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import { joinGroupRequest, joinGroupResponse } from '@odradek/kafka-protocol/messages/11-join-group'
import type { JoinGroupResponse } from '@odradek/kafka-protocol/messages/11-join-group'
import { heartbeatRequest, heartbeatResponse } from '@odradek/kafka-protocol/messages/12-heartbeat'
import { leaveGroupRequest, leaveGroupResponse } from '@odradek/kafka-protocol/messages/13-leave-group'
import { syncGroupRequest, syncGroupResponse } from '@odradek/kafka-protocol/messages/14-sync-group'
import { describeGroupsRequest, describeGroupsResponse } from '@odradek/kafka-protocol/messages/15-describe-groups'
import { deleteGroupsRequest, deleteGroupsResponse } from '@odradek/kafka-protocol/messages/42-delete-groups'
import { offsetDeleteRequest, offsetDeleteResponse } from '@odradek/kafka-protocol/messages/47-offset-delete'
import type { GroupStep } from './group-step.ts'
import { slotCount } from './group-step.ts'

/** Long enough that nothing runs out of time while two brokers are compared. */
const timeoutMs = 300_000

/** A subscription of the consumer protocol, version 0. */
const subscriptions = {
  t: Buffer.from('0000' + '00000001' + '000174' + 'ffffffff', 'hex'),
  tAndU: Buffer.from('0000' + '00000002' + '000174' + '000175' + 'ffffffff', 'hex'),
}

interface Member {
  readonly connection: BrokerConnection
  readonly instanceId: string | null
  memberId: string
  generationId: number
  /** What it was told as leader; empty for others. */
  members: JoinGroupResponse['members']
  /** Its request is parked at the broker. */
  isWaiting: boolean
}

export class GroupSide {
  readonly #groupId: string
  readonly #members: Member[]
  readonly #observer: BrokerConnection
  /** Broker's member ids to names that are the same on both sides: the client and a count. */
  readonly #names = new Map<string, string>()
  /** Answers since the last look. */
  replies: string[] = []

  private constructor(groupId: string, members: Member[], observer: BrokerConnection) {
    this.#groupId = groupId
    this.#members = members
    this.#observer = observer
  }

  static async open(env: Env, bootstrap: string, groupId: string, staticSlots: readonly number[]): Promise<GroupSide> {
    const [host = '', port = ''] = bootstrap.split(':')
    const connect = (clientId: string): Promise<BrokerConnection> =>
      BrokerConnection.connect(env, { host, port: Number(port), clientId, requestTimeoutMs: timeoutMs })
    const members: Member[] = []
    for (let slot = 0; slot < slotCount; slot++) {
      members.push({
        connection: await connect(`client${slot}`),
        instanceId: staticSlots.includes(slot) ? `instance${slot}` : null,
        memberId: '',
        generationId: -1,
        members: [],
        isWaiting: false,
      })
    }
    return new GroupSide(groupId, members, await connect('observer'))
  }

  close(): void {
    for (const { connection } of this.#members) connection.close()
    this.#observer.close()
  }

  /** Sends the step's request; the answer shows up in `replies`, sooner or later. */
  perform(step: GroupStep): void {
    const member = this.#members[step.slot]
    if (member === undefined) return
    const isOfMember = ['join', 'sync', 'heartbeat', 'leave'].includes(step.action)
    if (isOfMember && member.isWaiting) return
    this[step.action](step, member)
  }

  protected join({ slot, version, chance: [who, , detail] }: GroupStep, member: Member): void {
    const memberId = who < 75 ? (who < 4 ? 'nobody' : member.memberId) : ''
    const metadata = detail < 88 ? subscriptions.t : subscriptions.tAndU
    const names = detail < 96 ? ['range', 'sticky'] : ['other']
    const value = {
      groupId: this.#groupId,
      sessionTimeoutMs: detail === 99 ? 10 : timeoutMs,
      rebalanceTimeoutMs: timeoutMs,
      memberId,
      groupInstanceId: member.instanceId,
      protocolType: detail === 98 ? 'connect' : 'consumer',
      protocols: names.map((name) => ({ name, metadata })),
    }
    this.#askMember(member, joinGroupRequest, joinGroupResponse, version, value, (reply) => {
      const { errorCode, leader, skipAssignment, members } = reply
      if (errorCode === ErrorCode.NONE || errorCode === ErrorCode.MEMBER_ID_REQUIRED) member.memberId = reply.memberId
      if (errorCode === ErrorCode.NONE) {
        member.generationId = reply.generationId
        member.members = skipAssignment ? [] : members
      }
      const others = members.map((other) =>
        [this.#name(other.memberId), other.groupInstanceId, other.metadata.toString('hex')].join('/'),
      )
      return `${slot} join ${version}: ${codeName(errorCode)} ${this.#name(reply.memberId)} ${reply.generationId} ${reply.protocolType} ${reply.protocolName} ${skipAssignment} leader=${this.#name(leader)} ${others.sort().join(',')}`
    })
  }

  protected sync({ slot, version, chance }: GroupStep, member: Member): void {
    const assignments = member.members.map(({ memberId }) => ({
      memberId,
      assignment: Buffer.from(`work of ${this.#name(memberId)}`),
    }))
    const value = {
      ...this.#identity(member, chance),
      assignments,
      ...(version >= 5
        ? { protocolType: chance[2] < 4 ? 'x' : 'consumer', protocolName: chance[2] > 95 ? 'x' : 'range' }
        : {}),
    }
    this.#askMember(member, syncGroupRequest, syncGroupResponse, version, value, (reply) => {
      return `${slot} sync ${version}: ${codeName(reply.errorCode)} ${reply.protocolType} ${reply.protocolName} ${reply.assignment.toString()}`
    })
  }

  protected heartbeat({ slot, version, chance }: GroupStep, member: Member): void {
    const value = this.#identity(member, chance)
    this.#askMember(member, heartbeatRequest, heartbeatResponse, version, value, ({ errorCode }) => {
      return `${slot} heartbeat ${version}: ${codeName(errorCode)}`
    })
  }

  protected leave({ slot, version, chance: [who, , detail] }: GroupStep, member: Member): void {
    const { groupInstanceId, memberId, groupId } = this.#identity(member, [who, 50, 50])
    const leaving =
      groupInstanceId !== null && detail < 30 ? { memberId: '', groupInstanceId } : { memberId, groupInstanceId }
    const value =
      version < 3
        ? { groupId, memberId }
        : { groupId, members: [leaving, ...(detail > 80 ? [{ memberId: 'nobody' }] : [])] }
    this.#askMember(member, leaveGroupRequest, leaveGroupResponse, version, value, ({ errorCode, members }) => {
      const each = members.map(
        (left) => `${this.#name(left.memberId)}/${left.groupInstanceId}/${codeName(left.errorCode)}`,
      )
      return `${slot} leave ${version}: ${codeName(errorCode)} ${each.join(',')}`
    })
  }

  protected commit({ slot, version, chance }: GroupStep, member: Member): void {
    const [who, , detail] = chance
    const { groupId, memberId, generationId, groupInstanceId } = this.#identity(member, chance)
    const asMember = { generationIdOrMemberEpoch: generationId, memberId, ...(version >= 7 ? { groupInstanceId } : {}) }
    const partitions = [
      { partitionIndex: 0, committedOffset: BigInt(who), committedMetadata: detail > 80 ? null : 'm' },
      { partitionIndex: 7, committedOffset: 1n },
    ]
    const topics = [
      { name: 't', partitions },
      { name: 'missing', partitions },
    ]
    const value = { groupId, ...(detail < 60 ? asMember : {}), topics }
    this.#observe(offsetCommitRequest, offsetCommitResponse, version, value, (reply) => {
      return `commit of ${slot} ${version}: ${partitionCodes(reply.topics)}`
    })
  }

  protected fetch({ version, chance: [, , detail] }: GroupStep): void {
    const groupId = this.#groupId
    const topics = detail < 40 && version >= 2 ? null : [{ name: 't', partitionIndexes: [0, 1] }]
    const value =
      version >= 8 ? { groups: [{ groupId, topics }], requireStable: detail % 2 === 0 } : { groupId, topics }
    this.#observe(offsetFetchRequest, offsetFetchResponse, version, value, (reply) => {
      const fetched = (reply.groups[0] ?? reply).topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partitionIndex, committedOffset, metadata, errorCode }) => {
          return `${name}-${partitionIndex} ${committedOffset} ${metadata} ${codeName(errorCode)}`
        }),
      )
      return `fetch ${version}: ${codeName((reply.groups[0] ?? reply).errorCode)} ${fetched.sort().join(', ')}`
    })
  }

  protected describe({ version }: GroupStep): void {
    this.#observe(describeGroupsRequest, describeGroupsResponse, version, { groups: [this.#groupId] }, ({ groups }) => {
      const shown = groups.map(({ errorCode, groupState, protocolType, protocolData, members }) => {
        const each = members.map(
          ({ memberId, groupInstanceId, clientId, clientHost, memberMetadata, memberAssignment }) =>
            [
              this.#name(memberId),
              groupInstanceId,
              clientId,
              clientHost,
              memberMetadata.toString('hex'),
              memberAssignment.toString(),
            ].join('/'),
        )
        return `${codeName(errorCode)} ${groupState} ${protocolType} ${protocolData} ${each.sort().join(',')}`
      })
      return `describe ${version}: ${shown.join()}`
    })
  }

  protected deleteOffsets(): void {
    const partitions = [{ partitionIndex: 0 }, { partitionIndex: 9 }]
    const value = {
      groupId: this.#groupId,
      topics: [
        { name: 't', partitions },
        { name: 'u', partitions },
      ],
    }
    this.#observe(offsetDeleteRequest, offsetDeleteResponse, 0, value, ({ errorCode, topics }) => {
      return `delete offsets: ${codeName(errorCode)} ${partitionCodes(topics)}`
    })
  }

  protected deleteGroup({ version }: GroupStep): void {
    const value = { groupsNames: [this.#groupId] }
    this.#observe(deleteGroupsRequest, deleteGroupsResponse, version, value, ({ results }) => {
      return `delete group ${version}: ${results.map(({ errorCode }) => codeName(errorCode)).join()}`
    })
  }

  /** Who the member says that it is: now and then somebody else, or of another generation. */
  #identity({ memberId, generationId, instanceId }: Member, [who, when]: GroupStep['chance']) {
    return {
      groupId: this.#groupId,
      memberId: who < 5 ? 'nobody' : memberId,
      generationId: when < 8 ? generationId - 1 : when < 12 ? generationId + 5 : generationId,
      groupInstanceId: instanceId,
    }
  }

  #askMember<Request, Response>(
    member: Member,
    request: Message<Request>,
    response: Message<Response>,
    version: number,
    value: Input<Request>,
    show: (reply: Response) => string,
  ): void {
    member.isWaiting = true
    member.connection.send(request, response, version, value).then(
      (reply) => {
        member.isWaiting = false
        this.replies.push(show(reply))
      },
      (error: unknown) => this.replies.push(String(error)),
    )
  }

  #observe<Request, Response>(
    request: Message<Request>,
    response: Message<Response>,
    version: number,
    value: Input<Request>,
    show: (reply: Response) => string,
  ): void {
    this.#observer.send(request, response, version, value).then(
      (reply) => this.replies.push(show(reply)),
      (error: unknown) => this.replies.push(String(error)),
    )
  }

  /** A broker's id is the client's or instance's name, a dash, and a UUID. */
  #name(memberId: string): string {
    const known = this.#names.get(memberId)
    if (known !== undefined || memberId.length < 37) return known ?? memberId
    const owner = memberId.slice(0, -37)
    const count = [...this.#names.keys()].filter((id) => id.slice(0, -37) === owner).length
    const name = `${owner}#${count}`
    this.#names.set(memberId, name)
    return name
  }
}

function codeName(errorCode: number): string {
  return errorOf(errorCode).name
}

function partitionCodes(
  topics: readonly { name: string; partitions: readonly { partitionIndex: number; errorCode: number }[] }[],
): string {
  return topics
    .flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, errorCode }) => `${name}-${partitionIndex} ${codeName(errorCode)}`),
    )
    .sort()
    .join(', ')
}
