import type { SimulatedMachine } from '@odradek/env-sim'
import { ErrorCode, errorOf } from '@odradek/kafka-protocol'
import { offsetCommitRequest, offsetCommitResponse } from '@odradek/kafka-protocol/messages/08-offset-commit'
import { offsetFetchRequest, offsetFetchResponse } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import { findCoordinatorRequest, findCoordinatorResponse } from '@odradek/kafka-protocol/messages/10-find-coordinator'
import { joinGroupRequest, joinGroupResponse } from '@odradek/kafka-protocol/messages/11-join-group'
import { heartbeatRequest, heartbeatResponse } from '@odradek/kafka-protocol/messages/12-heartbeat'
import { leaveGroupRequest, leaveGroupResponse } from '@odradek/kafka-protocol/messages/13-leave-group'
import { syncGroupRequest, syncGroupResponse } from '@odradek/kafka-protocol/messages/14-sync-group'
import type { CommittedOffsets } from '../invariants/committed-offsets.ts'
import type { World } from '../world.ts'
import { BrokerLink } from './broker-link.ts'

const sessionTimeoutMs = 6_000
const rebalanceTimeoutMs = 3_000

export interface GroupMemberOptions {
  readonly name: string
  readonly broker: { readonly host: string; readonly port: number }
  readonly group: string
  readonly topic: string
  readonly partitionCount: number
  readonly committed: CommittedOffsets
}

interface Membership {
  readonly memberId: string
  readonly generationId: number
  readonly partitions: readonly number[]
}

/**
 * A member of a classic group that joins, is assigned partitions, goes on from what is committed and commits ever larger offsets.
 * It reads nothing: only the positions matter here.
 */
export class GroupMember {
  readonly #world: World
  readonly #options: GroupMemberOptions
  readonly #link: BrokerLink
  #memberId = ''
  #isStopping = false

  constructor(world: World, machine: SimulatedMachine, options: GroupMemberOptions) {
    this.#world = world
    this.#options = options
    this.#link = new BrokerLink(world, machine, options.name, options.broker)
  }

  async run(): Promise<void> {
    while (!this.#isStopping) {
      await this.#link.pause(100)
      await this.#link.attempt(async () => {
        const membership = await this.#join()
        if (membership !== undefined) await this.#work(membership)
      })
    }
    await this.#link.attempt(() => this.#leave())
    this.#link.close()
  }

  stop(): void {
    this.#isStopping = true
  }

  /** The first to ask has the broker make the topic of the groups. */
  async #findCoordinator(): Promise<boolean> {
    const value = { key: this.#options.group, keyType: 0 }
    const answer = await this.#link.send(findCoordinatorRequest, findCoordinatorResponse, value, { max: 3 })
    return this.#isAccepted(answer.errorCode, 'FindCoordinator')
  }

  async #join(): Promise<Membership | undefined> {
    if (!(await this.#findCoordinator())) return undefined
    return this.#joinCoordinator()
  }

  async #joinCoordinator(): Promise<Membership | undefined> {
    const { group, topic } = this.#options
    const value = {
      groupId: group,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      memberId: this.#memberId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.from(topic) }],
    }
    const answer = await this.#link.send(joinGroupRequest, joinGroupResponse, value, { min: 2 })
    if (answer.errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
      this.#memberId = answer.memberId
      return this.#joinCoordinator()
    }
    if (!this.#isAccepted(answer.errorCode, 'JoinGroup')) return undefined
    this.#memberId = answer.memberId
    this.#world.count('joins')
    const members = answer.leader === answer.memberId ? answer.members.map(({ memberId }) => memberId) : []
    return this.#sync(answer.generationId, members)
  }

  async #sync(generationId: number, members: readonly string[]): Promise<Membership | undefined> {
    const { group, partitionCount } = this.#options
    const memberId = this.#memberId
    const assignments = members.map((member, index) => {
      const partitions = Array.from({ length: partitionCount }, (_, partition) => partition)
      const own = partitions.filter((partition) => partition % members.length === index)
      return { memberId: member, assignment: Buffer.from(own) }
    })
    const value = {
      groupId: group,
      generationId,
      memberId,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments,
    }
    const answer = await this.#link.send(syncGroupRequest, syncGroupResponse, value)
    if (!this.#isAccepted(answer.errorCode, 'SyncGroup')) return undefined
    return { memberId, generationId, partitions: [...answer.assignment] }
  }

  /** Commits until the group rebalances, or for a while. */
  async #work(membership: Membership): Promise<void> {
    const positions = await this.#fetchOffsets(membership.partitions)
    if (positions === undefined) return
    const rounds = 5 + this.#link.random.integer(60)
    for (let round = 0; round < rounds && !this.#isStopping; round++) {
      await this.#link.pause(150)
      for (const [partition, position] of positions)
        positions.set(partition, position + 1 + this.#link.random.integer(9))
      if (!(await this.#commit(membership, positions)) || !(await this.#heartbeat(membership))) return
    }
    if (this.#link.random.chance(0.3)) await this.#leave()
  }

  async #fetchOffsets(partitions: readonly number[]): Promise<Map<number, number> | undefined> {
    const { group, topic, committed } = this.#options
    const floors = new Map(partitions.map((partition) => [partition, committed.floor(`${topic}-${partition}`)]))
    const topics = [{ name: topic, partitionIndexes: [...partitions] }]
    const answer = await this.#link.send(
      offsetFetchRequest,
      offsetFetchResponse,
      { groupId: group, topics },
      { max: 7 },
    )
    if (!this.#isAccepted(answer.errorCode, 'OffsetFetch')) return undefined
    const positions = new Map<number, number>()
    for (const { partitionIndex, committedOffset, errorCode } of answer.topics.flatMap((one) => one.partitions)) {
      if (!this.#isAccepted(errorCode, 'OffsetFetch')) return undefined
      committed.fetched(`${topic}-${partitionIndex}`, Number(committedOffset), floors.get(partitionIndex) ?? -1)
      positions.set(partitionIndex, Math.max(0, Number(committedOffset)))
    }
    this.#world.count('positions fetched')
    return positions
  }

  async #commit({ memberId, generationId }: Membership, positions: ReadonlyMap<number, number>): Promise<boolean> {
    const { group, topic, committed } = this.#options
    const partitions = [...positions].map(([partitionIndex, offset]) => ({
      partitionIndex,
      committedOffset: BigInt(offset),
      committedMetadata: '',
    }))
    const value = {
      groupId: group,
      generationIdOrMemberEpoch: generationId,
      memberId,
      topics: [{ name: topic, partitions }],
    }
    const answer = await this.#link.send(offsetCommitRequest, offsetCommitResponse, value, { max: 9 })
    let isWhole = true
    for (const { partitionIndex, errorCode } of answer.topics.flatMap((one) => one.partitions)) {
      if (this.#isAccepted(errorCode, 'OffsetCommit')) {
        committed.answer(`${topic}-${partitionIndex}`, positions.get(partitionIndex) ?? -1)
        this.#world.count('commits')
      } else isWhole = false
    }
    return isWhole
  }

  async #heartbeat({ memberId, generationId }: Membership): Promise<boolean> {
    const value = { groupId: this.#options.group, generationId, memberId }
    const answer = await this.#link.send(heartbeatRequest, heartbeatResponse, value)
    return this.#isAccepted(answer.errorCode, 'Heartbeat')
  }

  async #leave(): Promise<void> {
    const memberId = this.#memberId
    this.#memberId = ''
    if (memberId === '') return
    const value = { groupId: this.#options.group, members: [{ memberId }] }
    await this.#link.send(leaveGroupRequest, leaveGroupResponse, value, { min: 3 })
  }

  #isAccepted(errorCode: number, what: string): boolean {
    const isFine = this.#link.isFine(errorCode, what, groupErrors)
    if (errorOf(errorCode).name === 'UNKNOWN_MEMBER_ID') this.#memberId = ''
    return isFine
  }
}

/** What a member must be ready for while its group changes. */
const groupErrors = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS']
