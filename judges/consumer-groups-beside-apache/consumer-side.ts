// One of the two brokers, as the members of one group of the consumer protocol see it.
import type { Env } from '@odradek/base'
import { ByteReader, ByteWriter } from '@odradek/base'
import { BrokerConnection } from '@odradek/client'
import { ErrorCode, errorOf } from '@odradek/kafka-protocol'
import type { Input, Message } from '@odradek/kafka-protocol'
import { offsetCommitRequest, offsetCommitResponse } from '@odradek/kafka-protocol/messages/08-offset-commit'
import { offsetFetchRequest, offsetFetchResponse } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import { joinGroupRequest, joinGroupResponse } from '@odradek/kafka-protocol/messages/11-join-group'
import { heartbeatRequest, heartbeatResponse } from '@odradek/kafka-protocol/messages/12-heartbeat'
import { leaveGroupRequest, leaveGroupResponse } from '@odradek/kafka-protocol/messages/13-leave-group'
import { syncGroupRequest, syncGroupResponse } from '@odradek/kafka-protocol/messages/14-sync-group'
import { describeGroupsRequest, describeGroupsResponse } from '@odradek/kafka-protocol/messages/15-describe-groups'
import { listGroupsRequest, listGroupsResponse } from '@odradek/kafka-protocol/messages/16-list-groups'
import { deleteGroupsRequest, deleteGroupsResponse } from '@odradek/kafka-protocol/messages/42-delete-groups'
import { offsetDeleteRequest, offsetDeleteResponse } from '@odradek/kafka-protocol/messages/47-offset-delete'
import {
  consumerGroupHeartbeatRequest,
  consumerGroupHeartbeatResponse,
} from '@odradek/kafka-protocol/messages/68-consumer-group-heartbeat'
import {
  consumerGroupDescribeRequest,
  consumerGroupDescribeResponse,
} from '@odradek/kafka-protocol/messages/69-consumer-group-describe'
import { consumerProtocolAssignment } from '@odradek/kafka-protocol/messages/consumer-protocol-assignment'
import { consumerProtocolSubscription } from '@odradek/kafka-protocol/messages/consumer-protocol-subscription'
import type { ConsumerHistory, ConsumerStep } from './consumer-step.ts'
import { slotCount } from './consumer-step.ts'

/** Long enough that nothing runs out of time while two brokers are compared. */
const timeoutMs = 300_000

/** Topic name to partitions. */
type Assignment = ReadonlyMap<string, readonly number[]>

interface Member {
  readonly connection: BrokerConnection
  readonly slot: number
  readonly instanceId: string | null
  /** How often it has come anew. */
  incarnation: number
  memberId: string
  epoch: number
  topics: readonly string[]
  assignment: Assignment
  /** What it had before. */
  before: Assignment
  generation: number
  isWaiting: boolean
  /** It was told that it is in the group. */
  isIn: boolean
}

export class ConsumerSide {
  readonly #groupId: string
  readonly #history: ConsumerHistory
  readonly #topicIds: ReadonlyMap<string, string>
  readonly #members: Member[]
  readonly #observer: BrokerConnection
  readonly #names = new Map<string, string>()
  /** Answers since the last look. */
  replies: string[] = []
  /** Requests that are not answered. */
  pendingCount = 0

  private constructor(
    groupId: string,
    history: ConsumerHistory,
    topicIds: ReadonlyMap<string, string>,
    members: Member[],
    observer: BrokerConnection,
  ) {
    this.#groupId = groupId
    this.#history = history
    this.#topicIds = topicIds
    this.#members = members
    this.#observer = observer
  }

  get #rebalanceTimeoutMs(): number {
    return this.#history.rebalanceTimeoutMs ?? timeoutMs
  }

  static async open(
    env: Env,
    bootstrap: string,
    groupId: string,
    history: ConsumerHistory,
    topicIds: ReadonlyMap<string, string>,
  ): Promise<ConsumerSide> {
    const [host = '', port = ''] = bootstrap.split(':')
    const open = (clientId: string): Promise<BrokerConnection> =>
      BrokerConnection.connect(env, { host, port: Number(port), clientId, requestTimeoutMs: timeoutMs })
    const members: Member[] = []
    for (let slot = 0; slot < slotCount; slot++) {
      members.push({
        connection: await open(`client${slot}`),
        slot,
        instanceId: history.staticSlots.includes(slot) ? `instance${slot}` : null,
        incarnation: 0,
        memberId: '',
        epoch: 0,
        topics: ['t'],
        assignment: new Map(),
        before: new Map(),
        generation: -1,
        isWaiting: false,
        isIn: false,
      })
    }
    return new ConsumerSide(groupId, history, topicIds, members, await open('observer'))
  }

  close(): void {
    for (const { connection } of this.#members) connection.close()
    this.#observer.close()
  }

  /** The member of this slot says that it is there, if it is in the group; `owns` tells whether it gives up what it is asked for. */
  keepAlive(slot: number, owns: boolean): void {
    const member = this.#members[slot]
    if (member === undefined || member.epoch <= 0 || member.isWaiting) return
    this.#beat(member, slot, 1, {
      memberEpoch: member.epoch,
      ...(owns ? { topicPartitions: this.#withIds(member.assignment) } : {}),
    })
  }

  /** Sends the step's request; the answer shows up in `replies`. */
  perform(step: ConsumerStep): void {
    const member = this.#members[step.slot]
    if (member === undefined || member.isWaiting) return
    const isClassic = this.#history.classicSlots.includes(step.slot)
    if (isClassic && (step.action === 'beat' || step.action === 'join' || step.action === 'leave')) return
    if (step.action === 'silence' || step.action === 'stubbornness' || step.action === 'rest') return
    this[step.action](step, member)
  }

  protected join({ slot, chance: [who, , detail] }: ConsumerStep, member: Member): void {
    // Names of one letter stand in Java's hash tables in the order of the alphabet, and the order of members decides who gets what.
    if (member.memberId === '' || who < 50) {
      member.memberId = letterOf(member)
    }
    member.topics = topicsOf(this.#history.assignor, detail)
    member.assignment = new Map()
    this.#beat(member, slot, 1, {
      memberEpoch: 0,
      subscribedTopicNames: [...member.topics],
      serverAssignor: this.#history.assignor,
      rebalanceTimeoutMs: this.#rebalanceTimeoutMs,
      topicPartitions: [],
      ...(detail === 97 ? { topicPartitions: null } : {}),
      ...(detail === 98 ? { rebalanceTimeoutMs: -1 } : {}),
      ...(detail === 99 ? { serverAssignor: 'none' } : {}),
    })
  }

  protected beat({ slot, version, chance: [who, when, detail] }: ConsumerStep, member: Member): void {
    const memberEpoch = when < 90 ? member.epoch : when < 95 ? member.epoch - 1 : member.epoch + 1
    if (memberEpoch <= 0) return
    if (detail < 4) member.topics = topicsOf(this.#history.assignor, when)
    const owned = who < 70 ? member.assignment : who < 85 ? member.before : undefined
    this.#beat(member, slot, version, {
      memberEpoch,
      ...(owned === undefined ? {} : { topicPartitions: this.#withIds(owned) }),
      ...(detail < 4 || detail > 90 ? { subscribedTopicNames: [...member.topics] } : {}),
      ...(detail > 90 ? { rebalanceTimeoutMs: this.#rebalanceTimeoutMs } : {}),
      ...(detail === 50 ? { memberId: 'nobody' } : {}),
    })
  }

  /** A member of a regular expression comes, or comes back. */
  protected regexJoin({ slot, chance: [who, , detail] }: ConsumerStep, member: Member): void {
    if (member.memberId === '' || who < 50) member.memberId = letterOf(member)
    member.topics = []
    member.assignment = new Map()
    this.#beat(member, slot, 1, {
      memberEpoch: 0,
      subscribedTopicNames: [],
      subscribedTopicRegex: regexAt(detail),
      serverAssignor: this.#history.assignor,
      rebalanceTimeoutMs: this.#rebalanceTimeoutMs,
      topicPartitions: [],
    })
  }

  protected regexBeat({ slot, chance: [who, , detail] }: ConsumerStep, member: Member): void {
    if (member.epoch <= 0) return
    this.#beat(member, slot, 1, {
      memberEpoch: member.epoch,
      subscribedTopicRegex: regexAt(detail),
      ...(who < 60 ? { topicPartitions: this.#withIds(member.assignment) } : {}),
    })
  }

  protected leave({ slot, version, chance: [who] }: ConsumerStep, member: Member): void {
    const memberEpoch = member.instanceId !== null && who < 70 ? -2 : -1
    this.#beat(member, slot, version, { memberEpoch, ...(who > 95 ? { memberId: 'nobody' } : {}) })
  }

  #beat(
    member: Member,
    slot: number,
    version: number,
    fields: Partial<Input<Parameters<typeof consumerGroupHeartbeatRequest.encode>[1]>> & { memberEpoch: number },
  ): void {
    const value = { groupId: this.#groupId, memberId: member.memberId, instanceId: member.instanceId, ...fields }
    const isLeaving = fields.memberEpoch < 0
    this.#ask(member, consumerGroupHeartbeatRequest, consumerGroupHeartbeatResponse, version, value, (reply) => {
      if (reply.errorCode === ErrorCode.NONE) {
        member.epoch = isLeaving ? 0 : reply.memberEpoch
        if (isLeaving) member.assignment = new Map()
        if (reply.assignment !== null) {
          member.before = member.assignment
          member.assignment = this.#withNames(reply.assignment.topicPartitions)
        }
      }
      const assignment =
        reply.assignment === null ? 'as before' : show(this.#withNames(reply.assignment.topicPartitions))
      return `${slot} beat at ${fields.memberEpoch}: ${codeName(reply.errorCode)} ${reply.memberId} ${reply.memberEpoch} ${assignment}`
    })
  }

  protected classicJoin({ slot, version, chance: [who, , detail] }: ConsumerStep, member: Member): void {
    if (detail < 10) member.topics = topicsOf(this.#history.assignor, who)
    const value = {
      groupId: this.#groupId,
      sessionTimeoutMs: timeoutMs,
      rebalanceTimeoutMs: timeoutMs,
      memberId: who < 90 ? member.memberId : '',
      groupInstanceId: member.instanceId,
      protocolType: 'consumer',
      protocols: [
        { name: 'range', metadata: subscription(member.topics, who < 80 ? member.assignment : member.before) },
      ],
    }
    this.#ask(member, joinGroupRequest, joinGroupResponse, version, value, (reply) => {
      const { errorCode } = reply
      // A classic group takes only ids that it has made, which begin with the client's; the other kind takes any from a dynamic member.
      const isClassicId = reply.memberId.startsWith('client')
      member.isIn = errorCode === ErrorCode.NONE
      if (errorCode === ErrorCode.NONE) member.memberId = reply.memberId
      if (errorCode === ErrorCode.MEMBER_ID_REQUIRED) member.memberId = isClassicId ? reply.memberId : letterOf(member)
      if (errorCode === ErrorCode.UNKNOWN_MEMBER_ID) {
        member.memberId = member.memberId === '' && member.instanceId === null ? letterOf(member) : ''
      }
      if (errorCode === ErrorCode.NONE) {
        this.#name(reply.memberId, slot)
        member.generation = reply.generationId
      }
      return `${slot} classic join: ${codeName(errorCode)} ${reply.generationId} ${reply.protocolType} ${reply.protocolName} members=${reply.members.length}`
    })
  }

  protected classicSync({ slot, version, chance: [, when] }: ConsumerStep, member: Member): void {
    const value = {
      groupId: this.#groupId,
      memberId: member.memberId,
      groupInstanceId: member.instanceId,
      generationId: when < 95 ? member.generation : member.generation - 1,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: [{ memberId: member.memberId, assignment: leadersAssignment() }],
    }
    this.#ask(member, syncGroupRequest, syncGroupResponse, version, value, (reply) => {
      const assigned = readAssignment(reply.assignment)
      if (reply.errorCode === ErrorCode.NONE) {
        member.before = member.assignment
        member.assignment = assigned
      }
      return `${slot} classic sync: ${codeName(reply.errorCode)} ${reply.protocolType} ${reply.protocolName} ${show(assigned)}`
    })
  }

  protected classicHeartbeat({ slot, version, chance: [, when] }: ConsumerStep, member: Member): void {
    const value = {
      groupId: this.#groupId,
      memberId: member.memberId,
      groupInstanceId: member.instanceId,
      generationId: when < 95 ? member.generation : member.generation + 1,
    }
    this.#ask(member, heartbeatRequest, heartbeatResponse, version, value, ({ errorCode }) => {
      return `${slot} classic heartbeat: ${codeName(errorCode)}`
    })
  }

  protected classicLeave({ slot, version }: ConsumerStep, member: Member): void {
    // Kafka 4 rebalances when one leaves that has only been given an id; Kafka 3.9, and this program, do not.
    if (!member.isIn) return
    const { memberId, instanceId: groupInstanceId } = member
    const value = { groupId: this.#groupId, members: [{ memberId, groupInstanceId }, { memberId: 'nobody' }] }
    this.#ask(member, leaveGroupRequest, leaveGroupResponse, version, value, ({ errorCode, members }) => {
      return `${slot} classic leave: ${codeName(errorCode)} ${members.map((left) => codeName(left.errorCode)).join()}`
    })
  }

  /** Version 8, which members must not use, or 10: where there is no group, version 9 is answered here as by Kafka 3.9. */
  protected commit({ slot, version: newest, chance: [who, when, detail] }: ConsumerStep, member: Member): void {
    const version = detail < 20 ? 8 : newest
    const isClassic = this.#history.classicSlots.includes(slot)
    const current = isClassic ? member.generation : member.epoch
    const value = {
      groupId: this.#groupId,
      memberId: who < 85 ? member.memberId : '',
      generationIdOrMemberEpoch: who > 92 ? -1 : when < 75 ? current : when < 90 ? current - 1 : current + 1,
      topics: ['t', 'u'].map((name) => ({
        name,
        topicId: this.#idOf(name),
        partitions: (name === 't' ? [0, 1, 2] : [0, 1]).map((partitionIndex) => ({
          partitionIndex,
          committedOffset: BigInt(when),
          committedMetadata: '',
        })),
      })),
    }
    this.#observe(offsetCommitRequest, offsetCommitResponse, version, value, ({ topics }) => {
      const codes = topics.map(({ partitions }) => partitions.map(({ errorCode }) => codeName(errorCode)).join())
      return `commit of ${slot} ${version} at ${value.generationIdOrMemberEpoch}: ${codes.join('; ')}`
    })
  }

  protected fetch({ slot, version, chance: [who, when] }: ConsumerStep, member: Member): void {
    const isClassic = this.#history.classicSlots.includes(slot)
    const current = isClassic ? member.generation : member.epoch
    const group = {
      groupId: this.#groupId,
      memberId: who < 60 ? member.memberId : who < 90 ? null : 'nobody',
      memberEpoch: who < 60 ? (when < 80 ? current : current - 1) : -1,
      topics: [{ name: 't', topicId: this.#idOf('t'), partitionIndexes: [0, 1, 2] }],
    }
    this.#observe(offsetFetchRequest, offsetFetchResponse, version, { groups: [group] }, ({ groups }) => {
      const shown = groups.map(({ errorCode, topics }) => {
        const offsets = topics.flatMap(({ partitions }) =>
          partitions.map((each) => `${each.committedOffset}/${codeName(each.errorCode)}`),
        )
        return `${codeName(errorCode)} ${offsets.join()}`
      })
      return `fetch for ${slot} ${version}: ${shown.join('; ')}`
    })
  }

  protected describe({ version }: ConsumerStep): void {
    const value = { groupIds: [this.#groupId], includeAuthorizedOperations: true }
    this.#observe(consumerGroupDescribeRequest, consumerGroupDescribeResponse, version, value, ({ groups }) => {
      const [group] = groups
      if (group === undefined) return 'describe: nothing'
      const members = group.members.map((member) => {
        const has = show(this.#withNames(member.assignment.topicPartitions))
        const target = show(this.#withNames(member.targetAssignment.topicPartitions))
        const { instanceId, memberEpoch, clientId, subscribedTopicNames, subscribedTopicRegex, memberType } = member
        return `${this.#names.get(member.memberId) ?? withoutChance(member.memberId)} ${instanceId} ${memberEpoch} ${clientId} ${subscribedTopicNames.toSorted().join('+')} ${subscribedTopicRegex} ${memberType} has ${has} target ${target}`
      })
      const { errorCode, groupState, groupEpoch, assignmentEpoch, assignorName, authorizedOperations } = group
      return `describe ${version}: ${codeName(errorCode)} ${groupState} ${groupEpoch} ${assignmentEpoch} ${assignorName} ${authorizedOperations}\n  ${members.sort().join('\n  ')}`
    })
  }

  protected classicDescribe({ version }: ConsumerStep): void {
    this.#observe(
      describeGroupsRequest,
      describeGroupsResponse,
      version,
      { groups: [this.#groupId] },
      ({ groups }) =>
        `classic describe ${version}: ${groups.map((group) => `${codeName(group.errorCode)} ${group.groupState} ${group.protocolType}`).join()}`,
    )
  }

  protected list({ version, chance: [who] }: ConsumerStep): void {
    const value = { typesFilter: who < 50 ? ['consumer'] : [], statesFilter: [] }
    this.#observe(listGroupsRequest, listGroupsResponse, version, value, ({ groups }) => {
      const found = groups.filter(({ groupId }) => groupId === this.#groupId)
      return `list: ${found.map((group) => `${group.groupState} ${group.groupType} ${group.protocolType}`).join()}`
    })
  }

  protected deleteOffsets({ version }: ConsumerStep): void {
    const topics = [{ name: 'u', partitions: [{ partitionIndex: 0 }] }]
    this.#observe(
      offsetDeleteRequest,
      offsetDeleteResponse,
      version,
      { groupId: this.#groupId, topics },
      (reply) =>
        `delete offsets: ${codeName(reply.errorCode)} ${reply.topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => codeName(errorCode))).join()}`,
    )
  }

  protected deleteGroup({ version }: ConsumerStep): void {
    this.#observe(
      deleteGroupsRequest,
      deleteGroupsResponse,
      version,
      { groupsNames: [this.#groupId] },
      ({ results }) => `delete group: ${results.map(({ errorCode }) => codeName(errorCode)).join()}`,
    )
  }

  #name(memberId: string, slot: number): void {
    this.#names.set(memberId, `member of ${slot}`)
  }

  #idOf(name: string): string {
    return this.#topicIds.get(name) ?? ''
  }

  #withIds(assignment: Assignment): { topicId: string; partitions: number[] }[] {
    return [...assignment].map(([name, partitions]) => ({ topicId: this.#idOf(name), partitions: [...partitions] }))
  }

  #withNames(topics: readonly { readonly topicId: string; readonly partitions: readonly number[] }[]): Assignment {
    const nameOf = (id: string): string => [...this.#topicIds].find(([, topicId]) => topicId === id)?.[0] ?? id
    return new Map(topics.map(({ topicId, partitions }) => [nameOf(topicId), partitions.toSorted((a, b) => a - b)]))
  }

  #ask<Request, Response>(
    member: Member,
    request: Message<Request>,
    response: Message<Response>,
    version: number,
    value: Input<Request>,
    show: (reply: Response) => string,
  ): void {
    member.isWaiting = true
    this.#await(member.connection.send(request, response, version, value), (reply) => {
      member.isWaiting = false
      return show(reply)
    })
  }

  #observe<Request, Response>(
    request: Message<Request>,
    response: Message<Response>,
    version: number,
    value: Input<Request>,
    show: (reply: Response) => string,
  ): void {
    this.#await(this.#observer.send(request, response, version, value), show)
  }

  #await<Response>(promise: Promise<Response>, show: (reply: Response) => string): void {
    this.pendingCount++
    const answered = (text: string): void => {
      this.pendingCount--
      this.replies.push(text)
    }
    promise.then(
      (reply) => answered(show(reply)),
      (error: unknown) => answered(`failed: ${String(error)}`),
    )
  }
}

/** An id that a coordinator has made up, without what is random in it. */
function withoutChance(memberId: string): string {
  return memberId.replace(/-[0-9a-f]{8}-[-0-9a-f]{27}$/, ' and so on')
}

/** The id of the next member in a slot. */
function letterOf(member: Member): string {
  return String.fromCharCode(65 + member.slot * 3 + (member.incarnation++ % 3))
}

/** `uniform` deals two topics out in the order of Java's hash of their ids, so a member has one of them or another number of each. */
function topicsOf(_assignor: string, detail: number): readonly string[] {
  return detail < 70 ? ['t'] : detail < 85 ? ['t', 'u'] : detail < 95 ? ['u'] : []
}

/** Expressions that match one topic, or both, or none; the empty one, which ends the subscription; and one that is none. */
function regexAt(detail: number): string {
  return ['t', 'u', '[tu]', 't|u', '^t$', 'x+', '[a-z]', '', '['][detail % 9] ?? 't'
}

function show(assignment: Assignment): string {
  const topics = [...assignment].filter(([, partitions]) => partitions.length > 0)
  return topics.length === 0
    ? '-'
    : topics
        .map(([name, partitions]) => `${name}:${partitions.join('+')}`)
        .sort()
        .join()
}

function subscription(topics: readonly string[], owned: Assignment): Buffer {
  const writer = new ByteWriter()
  writer.int16(1)
  const ownedPartitions = [...owned].map(([topic, partitions]) => ({ topic, partitions: [...partitions] }))
  consumerProtocolSubscription.encode(writer, { topics: [...topics], ownedPartitions }, 1)
  return writer.concat()
}

/** A leader that gives all of `t` to itself. */
function leadersAssignment(): Buffer {
  const writer = new ByteWriter()
  writer.int16(1)
  consumerProtocolAssignment.encode(writer, { assignedPartitions: [{ topic: 't', partitions: [0, 1, 2] }] }, 1)
  return writer.concat()
}

function readAssignment(bytes: Buffer): Assignment {
  if (bytes.length === 0) return new Map()
  const reader = new ByteReader(bytes)
  const { assignedPartitions } = consumerProtocolAssignment.decode(reader, reader.int16())
  return new Map(
    assignedPartitions.map(({ topic, partitions }) => [topic, partitions.toSorted((a: number, b: number) => a - b)]),
  )
}

function codeName(code: number): string {
  return code === 0 ? 'ok' : errorOf(code).name
}
