import { strict as assert } from 'node:assert'
import { ErrorCode, errorOf, KafkaError } from '@odradek/kafka-protocol'
import type { SeededRandom } from '@odradek/env-sim'
import type { JoinReply, SyncReply } from '../../src/core/group/classic/classic-messages.ts'
import type { GroupWorld } from './group-world.ts'

const groupId = 'g'
const heartbeatIntervalMs = 3000

/** What is true of one generation, whoever is told about it. */
export interface Generation {
  readonly leader: string
  readonly protocolName: string | null
}

/** What all consumers of a history have in common. */
export interface History {
  readonly world: GroupWorld
  /** By the coordinator's epoch and the generation's number. */
  readonly generations: Map<string, Generation>
  /** While false the consumers only do what keeps them in the group. */
  isEventful: boolean
}

/** A consumer as clients write it: joins, syncs, sends heartbeats, commits; now and then it changes its mind, leaves, or dies. */
export class TestConsumer {
  readonly name: string
  readonly #history: History
  readonly #random: SeededRandom
  readonly groupInstanceId: string | null
  memberId = ''
  generation = -1
  isAlive = true
  /** Has its assignment of `generation`, and nobody has called it to join again yet. */
  isSettled = false
  /** The coordinator that `generation` is from. */
  #leaderEpoch = -1
  /** The highest offset whose commit was acknowledged. */
  #committed = 0n
  #topics = 'a'

  constructor(name: string, history: History, random: SeededRandom, isStatic: boolean) {
    this.name = name
    this.#history = history
    this.#random = random
    this.groupInstanceId = isStatic ? name : null
  }

  /** What anyone may see of this consumer's commits. */
  get shownOffset(): bigint {
    const at = { topic: this.name, partition: 0 }
    const [fetched] = this.#history.world.runtime.read(0, (core) => core.fetchOffsets(groupId, [at], false))
    return fetched?.committedOffset ?? -1n
  }

  async run(): Promise<void> {
    while (this.isAlive) {
      try {
        await this.#takePart()
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error
        // The coordinator has moved, or is loading.
        await this.#sleep(100)
      }
    }
  }

  async #takePart(): Promise<void> {
    this.isSettled = false
    const joined = await this.#join()
    if (joined === undefined) return
    const assignment = await this.#sync(joined)
    if (assignment === undefined) return
    const identity = this.groupInstanceId ?? this.memberId
    assert.equal(
      assignment,
      `${identity}@${this.generation}`,
      'an assignment is what the leader of its generation said',
    )
    this.isSettled = true
    if (this.#history.isEventful && this.#random.float() < 0.1) this.#forgetId()
    else await this.#work()
  }

  async #join(): Promise<JoinReply | undefined> {
    const { memberId, groupInstanceId } = this
    const { leaderEpoch } = this.#history.world
    const reply = await this.#history.world.runtime.request<JoinReply>(0, (core, to, effects, now) =>
      core.join(
        {
          groupId,
          memberId,
          groupInstanceId,
          requireKnownMemberId: groupInstanceId === null,
          supportsSkippingAssignment: true,
          newMemberIdSuffix: this.#random.integer(1e9).toString(36),
          clientId: this.name,
          clientHost: '/10.0.0.1',
          rebalanceTimeoutMs: 20_000,
          sessionTimeoutMs: 10_000,
          protocolType: 'consumer',
          protocols: [
            { name: 'range', metadata: Buffer.from(this.#topics) },
            { name: 'sticky', metadata: Buffer.from(this.#topics) },
          ],
          reason: null,
        },
        to,
        effects,
        now,
      ),
    )
    switch (reply.errorCode) {
      case ErrorCode.NONE: {
        const { generationId, leader, protocolName } = reply
        const isSameCoordinator = leaderEpoch === this.#leaderEpoch && leaderEpoch === this.#history.world.leaderEpoch
        // A generation that no leader had assigned yet is not in the log: after a fail-over its number comes again.
        if (isSameCoordinator)
          assert.ok(generationId >= this.generation, 'a member never goes back to an older generation')
        const key = `${leaderEpoch} ${generationId}`
        const known = this.#history.generations.get(key)
        if (known === undefined) this.#history.generations.set(key, { leader, protocolName })
        else assert.equal(protocolName, known.protocolName, 'a generation has one protocol')
        this.#leaderEpoch = leaderEpoch
        this.memberId = reply.memberId
        this.generation = generationId
        return reply
      }
      case ErrorCode.MEMBER_ID_REQUIRED:
        this.memberId = reply.memberId
        return undefined
      case ErrorCode.UNKNOWN_MEMBER_ID:
      case ErrorCode.FENCED_INSTANCE_ID:
        this.#forgetId()
        return undefined
      default:
        return this.#expect(reply.errorCode, ['REBALANCE_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR'])
    }
  }

  async #sync(joined: JoinReply): Promise<string | undefined> {
    const { memberId, groupInstanceId, generation } = this
    const assignments = joined.skipAssignment
      ? []
      : joined.members.map((member) => ({
          memberId: member.memberId,
          assignment: Buffer.from(`${member.groupInstanceId ?? member.memberId}@${generation}`),
        }))
    if (this.#history.isEventful && this.#random.float() < 0.1) await this.#sleep(this.#random.integer(25_000))
    const reply = await this.#history.world.runtime.request<SyncReply>(0, (core, to, effects, now) =>
      core.sync(
        {
          groupId,
          generationId: generation,
          memberId,
          groupInstanceId,
          protocolType: joined.protocolType,
          protocolName: joined.protocolName,
          assignments,
        },
        to,
        effects,
        now,
      ),
    )
    if (reply.errorCode === ErrorCode.NONE) return reply.assignment.toString()
    this.#leaveGenerationOn(reply.errorCode)
    return undefined
  }

  /** Heartbeats and commits until it is called to join again, or does something else. */
  async #work(): Promise<void> {
    for (;;) {
      await this.#sleep(this.#random.integer(heartbeatIntervalMs) + 1)
      if (!this.isAlive) return
      const { memberId, groupInstanceId, generation: generationId } = this
      const errorCode = await this.#history.world.runtime.request<number>(0, (core, to, effects, now) =>
        core.heartbeat({ groupId, generationId, memberId, groupInstanceId }, to, effects, now),
      )
      if (errorCode !== ErrorCode.NONE) {
        this.#leaveGenerationOn(errorCode)
        return
      }
      if (!(await this.#commit())) return
      if (this.#history.isEventful && (await this.#doSomethingElse())) return
    }
  }

  async #commit(): Promise<boolean> {
    const { memberId, groupInstanceId, generation: generationId } = this
    const at = { topic: this.name, partition: 0 }
    const offset = this.#committed + 1n
    const offsets = [{ ...at, offset, topicId: '', leaderEpoch: -1, metadata: '', expireTimestampMs: undefined }]
    const [errorCode = 0] = await this.#history.world.runtime.request<readonly number[]>(0, (core, to, effects, now) =>
      core.commit({ groupId, memberId, groupInstanceId, generationId, apiVersion: 8, offsets }, to, effects, now),
    )
    if (errorCode === ErrorCode.NONE) {
      this.#committed = offset
      assert.equal(this.shownOffset, offset, 'what was acknowledged is shown')
      return true
    }
    const name = errorOf(errorCode).name
    if (['REQUEST_TIMED_OUT', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR'].includes(name)) return true
    this.#leaveGenerationOn(errorCode)
    return false
  }

  /** True when it has to join again, or is gone. */
  async #doSomethingElse(): Promise<boolean> {
    const dice = this.#random.float()
    if (dice < 0.05) {
      this.#topics = this.#random.float() < 0.5 ? 'a' : 'b'
      return true
    }
    if (dice < 0.1) {
      // Restarts: a static one comes back as who it was.
      this.#forgetId()
      await this.#sleep(this.#random.integer(15_000))
      return true
    }
    if (dice < 0.13 && this.groupInstanceId === null) {
      const { memberId } = this
      const members = [{ memberId, groupInstanceId: null, reason: null }]
      await this.#history.world.runtime.request(0, (core, to, effects, now) =>
        core.leave(groupId, members, to, effects, now),
      )
      this.#forgetId()
      await this.#sleep(this.#random.integer(15_000))
      return true
    }
    if (dice < 0.15) this.isAlive = false
    return !this.isAlive
  }

  #leaveGenerationOn(errorCode: number): void {
    this.isSettled = false
    const { name } = errorOf(errorCode)
    if (['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'].includes(name)) this.#forgetId()
    else this.#expect(errorCode, ['REBALANCE_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR'])
  }

  #forgetId(): void {
    this.memberId = ''
    this.isSettled = false
  }

  #expect(errorCode: number, names: readonly string[]): undefined {
    assert.ok(names.includes(errorOf(errorCode).name), `${errorOf(errorCode).name} was not expected`)
  }

  #sleep(durationMs: number): Promise<void> {
    return this.#history.world.simulation.sleep(durationMs)
  }
}
