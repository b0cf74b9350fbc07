import { LogLevels } from '@odradek/base'
import type { Logger } from '@odradek/base'
import { ByteReader, ByteWriter } from '@odradek/base'
import { errorOf, KafkaError } from '@odradek/kafka-protocol'
import type { ErrorName } from '@odradek/kafka-protocol'
import { consumerProtocolAssignment } from '@odradek/kafka-protocol/messages/consumer-protocol-assignment'
import { consumerProtocolSubscription } from '@odradek/kafka-protocol/messages/consumer-protocol-subscription'
import type { JoinReply, LeaveReply, SyncReply } from '../../src/core/group/classic/classic-messages.ts'
import type { GroupConfig } from '../../src/core/group/group-config.ts'
import type { GroupRecord } from '../../src/core/group/group-record.ts'
import { groupRecordCodec } from '../../src/core/group/group-record-codec.ts'
import type { OffsetPosition } from '../../src/core/group/offsets/group-offsets.ts'
import { isConsumerRecord } from '../../src/core/group/consumer/consumer-record.ts'
import type { ConsumerHeartbeatReply } from '../../src/core/group/consumer/heartbeat.ts'
import { encodeAssignment } from '../../src/core/group/consumer/consumer-protocol.ts'
import { consumerHeartbeatOf, showConsumerGroup, showConsumerRecord, showConsumerReply } from './consumer-text.ts'
import { idOfTopic } from './test-topics.ts'
import { Arguments } from './arguments.ts'
import { GroupWorld } from './group-world.ts'
import type { MemoryLog } from './memory-log.ts'

/**
 * Runs the commands of a dialogue against the group core, under the real runtime, over a log in memory and a virtual clock, and writes down
 * what comes of each: notes to a person, records in the log, answers. See `dialogues/README.md` for the commands.
 */
export class GroupDialogue {
  readonly #world = new GroupWorld({ seed: 'dialogue', logger: this.#logger() })
  #lines: string[] = []
  #requests = 0
  #memberIds = 0
  /** Offsets whose records have been shown. */
  #shownOffset = 0

  /** Runs one command line and returns what came of it. */
  async run(line: string): Promise<string[]> {
    const [command = '', ...words] = line.split(/\s+/)
    const args = new Arguments(words)
    const lines: string[] = []
    this.#lines = lines
    await this.#command(command, args)
    args.ensureAllUsed(line)
    await this.#world.simulation.run(0)
    this.#showRecords()
    return lines.length === 0 ? ['nothing'] : lines
  }

  async #command(command: string, args: Arguments): Promise<void> {
    switch (command) {
      case 'config':
        this.#configure(args)
        return
      case 'advance':
        await this.#world.simulation.run(args.positionalInteger())
        return
      case 'hold':
        this.#world.log.isHeld = true
        return
      case 'release':
        this.#world.log.isHeld = false
        this.#world.log.release()
        return
      case 'fail-append':
        this.#world.log.appendError = args.positional() as ErrorName
        return
      case 'topic':
        this.#world.topics.set(args.positional(), args.integer('partitions'))
        return
      case 'delete-topic':
        this.#world.topics.delete(args.positional())
        return
      case 'fail-over':
        await this.#world.simulation.runUntil(this.#world.failOver(args.flag('lossy')))
        this.#shownOffset = this.#world.log.logEndOffset
        return
      default:
        if (!this.#world.isLoaded) await this.#world.simulation.runUntil(this.#world.load())
        this.#request(command, args)
    }
  }

  #configure(args: Arguments): void {
    const names: Record<string, keyof GroupConfig> = {
      'initial-delay': 'initialRebalanceDelayMs',
      'max-size': 'membersMax',
      retention: 'offsetsRetentionMs',
    }
    for (const [word, key] of Object.entries(names)) {
      const value = args.optionalInteger(word)
      if (value !== undefined) this.#world.config = { ...this.#world.config, [key]: value }
    }
  }

  #request(command: string, args: Arguments): void {
    const groupId = args.optional('group') ?? 'g'
    if (command === 'beat') {
      this.#beat(groupId, args)
      return
    }
    const member = {
      groupId,
      memberId: args.optional('member') ?? '',
      groupInstanceId: args.optional('instance') ?? null,
    }
    const runtime = this.#world.runtime
    switch (command) {
      case 'join': {
        const version = args.optionalInteger('version') ?? 9
        const client = args.optional('client') ?? 'c'
        const request = {
          ...member,
          requireKnownMemberId: version >= 4 && member.groupInstanceId === null,
          supportsSkippingAssignment: version >= 9,
          newMemberIdSuffix: member.memberId === '' ? String(++this.#memberIds) : '',
          clientId: client,
          clientHost: '/10.0.0.9',
          rebalanceTimeoutMs: args.optionalInteger('rebalance') ?? 60_000,
          sessionTimeoutMs: args.optionalInteger('session') ?? 10_000,
          protocolType: args.optional('type') ?? 'consumer',
          protocols: (args.optional('protocols') ?? 'range:t').split(',').map((text) => {
            const [name = '', topics = ''] = text.split(':')
            return { name, metadata: subscription(topics.split('+')) }
          }),
          reason: args.optional('reason') ?? null,
        }
        this.#await(
          runtime.request<JoinReply>(0, (core, to, effects, now) => core.join(request, to, effects, now)),
          command,
          (reply) =>
            reply.errorCode !== 0
              ? `${errorName(reply.errorCode)} member=${reply.memberId}`
              : `member=${reply.memberId} generation=${reply.generationId} protocol=${reply.protocolName} leader=${reply.leader}` +
                (reply.skipAssignment ? ' skip-assignment' : '') +
                (reply.members.length > 0 ? ` members=${reply.members.map(({ memberId }) => memberId).join(',')}` : ''),
        )
        return
      }
      case 'sync': {
        const request = {
          ...member,
          generationId: args.integer('generation'),
          protocolType: args.optional('type') ?? null,
          protocolName: args.optional('protocol') ?? null,
          assignments: pairs(args.optional('assign')).map(([memberId, text]) => ({
            memberId,
            assignment: this.#assignmentOf(text),
          })),
        }
        this.#await(
          runtime.request<SyncReply>(0, (core, to, effects, now) => core.sync(request, to, effects, now)),
          `sync of ${member.memberId}`,
          (reply) => `${errorName(reply.errorCode)} assignment=${showBytes(reply.assignment)}`,
        )
        return
      }
      case 'heartbeat': {
        const request = { ...member, generationId: args.integer('generation') }
        this.#await(
          runtime.request<number>(0, (core, to, effects, now) => core.heartbeat(request, to, effects, now)),
          command,
          errorName,
        )
        return
      }
      case 'leave': {
        const { memberId, groupInstanceId } = member
        const members = memberId
          .split(',')
          .map((id) => ({ memberId: id, groupInstanceId, reason: args.optional('reason') ?? null }))
        this.#await(
          runtime.request<LeaveReply>(0, (core, to, effects, now) => core.leave(groupId, members, to, effects, now)),
          command,
          (reply) => reply.members.map(({ errorCode }) => errorName(errorCode)).join(' '),
        )
        return
      }
      case 'commit': {
        const generationId = args.optionalInteger('generation') ?? -1
        const offsets = args.rest().map((text) => {
          const [at = '', value = ''] = text.split('=')
          const [offset = '', metadata = ''] = value.split('/')
          return {
            ...position(at),
            topicId: idOfTopic(position(at).topic),
            offset: BigInt(offset),
            leaderEpoch: -1,
            metadata,
            expireTimestampMs: undefined,
          }
        })
        this.#await(
          runtime.request<readonly number[]>(0, (core, to, effects, now) =>
            core.commit(
              { ...member, generationId, apiVersion: args.optionalInteger('version') ?? 9, offsets },
              to,
              effects,
              now,
            ),
          ),
          command,
          (codes) => codes.map(errorName).join(' '),
        )
        return
      }
      case 'fetch': {
        const requireStable = args.flag('stable')
        const reader = { memberId: args.optional('member') ?? null, memberEpoch: args.optionalInteger('epoch') ?? -1 }
        const words = args.rest()
        const positions = words.length === 0 ? undefined : words.map(position)
        const fetched = this.#answerOf(() =>
          runtime.read(0, (core) => core.fetchOffsets(groupId, positions, requireStable, reader)),
        )
        this.#lines.push(
          ...fetched.map(
            ({ topic, partition, committedOffset, metadata, errorCode }) =>
              `${topic}-${partition} ${committedOffset}${metadata === '' ? '' : `/${metadata}`} ${errorName(errorCode)}`,
          ),
        )
        return
      }
      case 'delete-offsets': {
        const positions = args.rest().map(position)
        this.#await(
          runtime.request<readonly number[]>(0, (core, to, effects, now) =>
            core.deleteOffsets(groupId, positions, to, effects, now),
          ),
          command,
          (codes) => codes.map(errorName).join(' '),
        )
        return
      }
      case 'delete-group':
        this.#await(
          runtime.request<number>(0, (core, to, effects, now) => core.deleteGroup(groupId, to, effects, now)),
          command,
          errorName,
        )
        return
      case 'describe': {
        const consumer = runtime.read(0, (core) => core.describeConsumerGroup(groupId))
        if (consumer !== undefined) {
          this.#lines.push(...showConsumerGroup(consumer))
          return
        }
        const description = runtime.read(0, (core) => core.describe(groupId))
        if (description === undefined) {
          this.#lines.push('no such group')
          return
        }
        const { groupState, protocolType, protocolData, members } = description
        this.#lines.push(`${groupState} type=${protocolType} protocol=${protocolData}`)
        for (const { memberId, groupInstanceId, memberAssignment } of members) {
          this.#lines.push(`  ${memberId} instance=${groupInstanceId} assignment=${showBytes(memberAssignment)}`)
        }
        return
      }
      case 'list':
        for (const group of runtime.read(0, (core) => core.list())) {
          this.#lines.push(`${group.groupId} ${group.groupState} type=${group.protocolType}`)
        }
        return
      default:
        throw new Error(`no such command: ${command}`)
    }
  }

  /** What comes of a read; one that is refused has its line. */
  #answerOf<Item>(read: () => Item[]): Item[] {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      this.#lines.push(error.code)
      return []
    }
  }

  /** Text as it is; `@t/0+1` in the consumer protocol, as real leaders write it. */
  #assignmentOf(text: string): Buffer {
    if (!text.startsWith('@')) return Buffer.from(text)
    const [topic = '', numbers = ''] = text.slice(1).split('/')
    const partitions = new Set(numbers.split('+').map(Number))
    return encodeAssignment(new Map([[idOfTopic(topic), partitions]]), Buffer.alloc(2), this.#world.topics)
  }

  #beat(groupId: string, args: Arguments): void {
    const request = consumerHeartbeatOf(groupId, args)
    this.#await(
      this.#world.runtime.request<ConsumerHeartbeatReply>(0, (core, to, effects, now) =>
        core.consumerHeartbeat(request, to, effects, now),
      ),
      `beat of ${request.memberId}`,
      showConsumerReply,
    )
  }

  /** Shows the answer when it comes, under the number of its request. */
  #await<Reply>(promise: Promise<Reply>, command: string, show: (reply: Reply) => string): void {
    const name = `#${++this.#requests} ${command}`
    promise.then(
      (reply) => {
        this.#showRecords()
        this.#lines.push(`${name}: ${show(reply)}`)
      },
      (error: unknown) => this.#lines.push(`${name}: ${error instanceof KafkaError ? error.code : String(error)}`),
    )
    this.#showRecords()
  }

  #showRecords(): void {
    for (const { offset, text } of recordsFrom(this.#world.log, this.#shownOffset)) {
      this.#lines.push(`@${offset} ${text}`)
      this.#shownOffset = offset + 1
    }
  }

  #logger(): Logger {
    const log = (message: string, fields: object = {}): void => {
      this.#showRecords()
      const values = Object.entries(fields)
        .filter(([key]) => key !== 'elapsedMs')
        .map(([key, value]) => ` ${key}=${value instanceof Error ? value.message : String(value)}`)
      this.#lines.push(`${message}${values.join('')}`)
    }
    const logger: Logger = {
      debug: log,
      info: log,
      warn: log,
      error: log,
      isEnabled: () => true,
      levels: new LogLevels('info'),
      child: () => logger,
    }
    return logger
  }
}

function* recordsFrom(log: MemoryLog, from: number): Generator<{ offset: number; text: string }> {
  for (const record of log.records(from)) {
    const decoded = groupRecordCodec.decode(record.key, record.value)
    yield { offset: record.offset, text: decoded === undefined ? 'unknown' : showRecord(decoded) }
  }
}

function showRecord(record: GroupRecord): string {
  if (record.kind === 'offset') {
    const { groupId, topic, partition, value } = record
    return `offset ${groupId} ${topic}-${partition} ${value === null ? 'removed' : value.offset}`
  }
  if (isConsumerRecord(record)) return showConsumerRecord(record)
  const { groupId, value } = record
  if (value === null) return `group ${groupId} removed`
  const members = value.members.map(({ memberId, assignment }) => `${memberId}:${showBytes(assignment)}`).join(',')
  return `group ${groupId} generation=${value.generation} protocol=${value.protocol} leader=${value.leader} members=${members}`
}

/** Text, or an assignment in the consumer protocol as `@t/0+1`. */
function showBytes(bytes: Buffer): string {
  if (bytes.length === 0 || bytes[0] !== 0) return bytes.toString()
  const reader = new ByteReader(bytes)
  const { assignedPartitions } = consumerProtocolAssignment.decode(reader, reader.int16())
  return assignedPartitions.map(({ topic, partitions }) => `@${topic}/${partitions.join('+')}`).join(',')
}

function subscription(topics: readonly string[]): Buffer {
  const writer = new ByteWriter()
  writer.int16(0)
  consumerProtocolSubscription.encode(writer, { topics }, 0)
  return writer.concat()
}

function pairs(text: string | undefined): [string, string][] {
  if (text === undefined) return []
  return text.split(',').map((pair) => {
    const [name = '', value = ''] = pair.split(':')
    return [name, value]
  })
}

function position(text: string): OffsetPosition {
  const dash = text.lastIndexOf('-')
  return { topic: text.slice(0, dash), partition: Number(text.slice(dash + 1)) }
}

function errorName(code: number): string {
  return code === 0 ? 'ok' : errorOf(code).name
}
