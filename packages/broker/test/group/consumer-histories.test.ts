import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KafkaError } from '@odradek/kafka-protocol'
import type { Random } from '@odradek/base'
import type { ConsumerGroupDescription } from '../../src/core/group/consumer/describe-consumer-group.ts'
import type { ConsumerHeartbeatReply, ConsumerHeartbeatRequest } from '../../src/core/group/consumer/heartbeat.ts'
import { GroupWorld } from './group-world.ts'
import { idOfTopic } from './test-topics.ts'

const groupId = 'g'
const seeds = [1, 6, 7, Math.floor(Math.random() * 2 ** 32)]
const stepCount = 300

/** A client of the consumer protocol that does what it is told, some of the time. */
class Member {
  readonly world: GroupWorld
  readonly name: string
  readonly instanceId: string | null
  incarnation = 0
  memberId = ''
  epoch = 0
  isIn = false
  topics: readonly string[] = ['t']
  regex: string | null = null
  assignor: string | null = null
  owned: ConsumerHeartbeatRequest['owned'] = []

  constructor(world: GroupWorld, name: string, instanceId: string | null) {
    this.world = world
    this.name = name
    this.instanceId = instanceId
  }

  async join(random: Random): Promise<void> {
    this.memberId = `${this.name}${++this.incarnation}`
    this.regex = random.float() < 0.3 ? ['t|u', 'u.*', 'nothing'][random.integer(3)]! : null
    this.topics = this.regex === null ? (['t', 'u', 'v'] as const).filter(() => random.float() < 0.6) : []
    this.assignor = [null, 'uniform', 'range'][random.integer(3)]!
    this.owned = []
    this.epoch = 0
    await this.beat(true)
  }

  /** One heartbeat; what is to be given up is given up at once if `isQuick`, so that the next one says so. */
  async beat(isQuick: boolean): Promise<void> {
    const isJoining = this.epoch === 0
    const reply = await this.#send(this.epoch, isJoining)
    if (reply === undefined) return
    this.isIn = true
    this.epoch = reply.memberEpoch
    if (reply.assignment !== null && (isQuick || isJoining)) this.owned = reply.assignment.topicPartitions
  }

  async leave(epoch: -1 | -2): Promise<void> {
    if ((await this.#send(epoch, false)) === undefined) return
    this.isIn = false
    this.epoch = 0
  }

  async #send(memberEpoch: number, isJoining: boolean): Promise<ConsumerHeartbeatReply | undefined> {
    const request: ConsumerHeartbeatRequest = {
      groupId,
      memberId: this.memberId,
      memberEpoch,
      instanceId: this.instanceId,
      rackId: null,
      rebalanceTimeoutMs: isJoining ? 20_000 : -1,
      subscribedTopicNames: isJoining ? this.topics : null,
      // Null would leave it as it was.
      subscribedTopicRegex: isJoining ? (this.regex ?? '') : null,
      serverAssignor: this.assignor,
      owned: isJoining ? [] : this.owned,
      clientId: this.name,
      clientHost: '/10.0.0.9',
    }
    const { runtime, simulation } = this.world
    let reply: ConsumerHeartbeatReply | undefined
    const asked = runtime
      .request<ConsumerHeartbeatReply>(0, (core, to, effects, now) => core.consumerHeartbeat(request, to, effects, now))
      .then(
        (answer) => {
          reply = answer
        },
        (error: unknown) => {
          assert.ok(error instanceof KafkaError, String(error))
          const { code } = error
          if (['FENCED_MEMBER_EPOCH', 'UNKNOWN_MEMBER_ID', 'GROUP_ID_NOT_FOUND'].includes(code)) {
            this.isIn = false
            this.epoch = 0
          }
        },
      )
    await simulation.run(10)
    await simulation.runUntil(asked)
    return reply
  }
}

for (const seed of seeds) {
  test(`no partition has two members, and all have one in the end, whatever members do (seed ${seed})`, async () => {
    const world = new GroupWorld({ seed })
    const random = world.simulation.random.fork('scenario')
    for (const [name, count] of [
      ['t', 5],
      ['u', 3],
      ['v', 1],
    ] as const)
      world.topics.set(name, count)
    await world.simulation.runUntil(world.load())
    const members = Array.from(
      { length: 6 },
      (_, index) => new Member(world, `m${index}-`, index < 2 ? `i${index}` : null),
    )
    let epoch = 0
    for (let step = 0; step < stepCount; step++) {
      const member = members[random.integer(members.length)]!
      const dice = random.float()
      if (!member.isIn) await member.join(random)
      else if (dice < 0.85) await member.beat(random.float() < 0.7)
      else if (dice < 0.89) await member.leave(-1)
      else if (dice < 0.92) await member.leave(member.instanceId === null ? -1 : -2)
      else if (dice < 0.94) world.topics.set('t', 5 + random.integer(4))
      else if (dice < 0.95) world.topics.set(`u${random.integer(3)}`, 2)
      else if (dice < 0.97) world.log.appendError = 'NOT_ENOUGH_REPLICAS'
      else if (dice < 0.98) await world.simulation.run(random.integer(60_000))
      else await failOver(world)
      const group = describe(world)
      if (group === undefined) continue
      ensureOneOwner(group)
      assert.ok(group.groupEpoch >= epoch, 'epochs only grow')
      epoch = group.groupEpoch
      for (const { memberEpoch } of group.members) assert.ok(memberEpoch <= group.groupEpoch)
    }

    world.log.appendError = undefined
    await world.simulation.run(11_000)
    for (let round = 0; round < 30; round++) {
      for (const member of members) {
        if (member.isIn) await member.beat(true)
        else await member.join(random)
      }
      await world.simulation.run(1000)
    }
    const group = describe(world)
    assert.equal(group?.groupState, 'Stable')
    ensureOneOwner(group)
    for (const name of world.topics.names()) {
      const isRead = members.some(
        ({ topics, regex }) => topics.includes(name) || new RegExp(`^(?:${regex})$`).test(name),
      )
      const owned: number[] = group.members.flatMap(({ assignment }) =>
        assignment.topicPartitions
          .filter(({ topicId }) => topicId === idOfTopic(name))
          .flatMap(({ partitions }) => partitions),
      )
      const count = isRead ? (world.topics.byName(name)?.partitionCount ?? 0) : 0
      assert.deepEqual(
        owned.toSorted((a, b) => a - b),
        Array.from({ length: count }, (_, index) => index),
        name,
      )
    }
    for (const { assignment, targetAssignment } of group.members) assert.deepEqual(assignment, targetAssignment)
    await failOver(world)
  })
}

/** The next coordinator, which replays the log, knows what this one did. */
async function failOver(world: GroupWorld): Promise<void> {
  const before = describe(world)
  await world.simulation.runUntil(world.failOver(false))
  assert.deepEqual(sorted(describe(world)), sorted(before))
}

function describe(world: GroupWorld): ConsumerGroupDescription | undefined {
  return world.runtime.read(0, (core) => core.describeConsumerGroup(groupId))
}

function sorted(group: ConsumerGroupDescription | undefined): unknown {
  return group && { ...group, members: group.members.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1)) }
}

function ensureOneOwner({ members }: ConsumerGroupDescription): void {
  const owners = new Map<string, string>()
  for (const { memberId, assignment } of members) {
    for (const { topicName, partitions } of assignment.topicPartitions) {
      for (const partition of partitions) {
        const at = `${topicName}-${partition}`
        assert.equal(owners.get(at), undefined, `${at} has two members: ${owners.get(at)} and ${memberId}`)
        owners.set(at, memberId)
      }
    }
  }
}
