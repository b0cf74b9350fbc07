import { ByteReader } from '@odradek/base'
import type { Connection } from '@odradek/base'
import { Simulation } from '@odradek/env-sim'
import { decodeRequestHeader, encodeRecordBatch, encodeResponse, ErrorCode } from '@odradek/kafka-protocol'
import type { Input, Message } from '@odradek/kafka-protocol'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { findCoordinatorRequest, findCoordinatorResponse } from '@odradek/kafka-protocol/messages/10-find-coordinator'
import { apiVersionsRequest, apiVersionsResponse } from '@odradek/kafka-protocol/messages/18-api-versions'
import {
  shareGroupHeartbeatRequest,
  shareGroupHeartbeatResponse,
} from '@odradek/kafka-protocol/messages/76-share-group-heartbeat'
import type { ShareGroupHeartbeatRequest } from '@odradek/kafka-protocol/messages/76-share-group-heartbeat'
import { shareFetchRequest, shareFetchResponse } from '@odradek/kafka-protocol/messages/78-share-fetch'
import type { ShareFetchRequest } from '@odradek/kafka-protocol/messages/78-share-fetch'
import {
  shareAcknowledgeRequest,
  shareAcknowledgeResponse,
} from '@odradek/kafka-protocol/messages/79-share-acknowledge'
import type { ShareAcknowledgeRequest } from '@odradek/kafka-protocol/messages/79-share-acknowledge'
import { ShareConsumer } from '../src/index.ts'
import type { ShareConsumerConfigInput } from '../src/index.ts'

const topicId = 'uPj9fFp-TCadXIovbTseAA'
const lockMs = 5000
const fetchWaitMs = 500

interface SharedRecord {
  readonly offset: number
  readonly value: string | undefined
  owner: string | undefined
  lockedUntilMs: number
  deliveryCount: number
  state: 'available' | 'acquired' | 'done'
}

/** What a broker does for share groups, of one partition, by the rules of KIP-932: who acquires what, for how long, and what acknowledgements change. */
export class SharePartitionRules {
  readonly records: SharedRecord[] = []
  readonly sessions = new Map<string, number>()

  add(values: readonly (string | undefined)[]): void {
    for (const value of values) {
      const offset = this.records.length
      this.records.push({ offset, value, owner: undefined, lockedUntilMs: 0, deliveryCount: 0, state: 'available' })
    }
  }

  /** The error that a session of that epoch gets. */
  enter(member: string, epoch: number): number {
    if (epoch === 0) this.release(member)
    else if (!this.sessions.has(member)) return ErrorCode.SHARE_SESSION_NOT_FOUND
    else if (epoch > 0 && this.sessions.get(member) !== epoch) return ErrorCode.INVALID_SHARE_SESSION_EPOCH
    this.sessions.set(member, epoch + 1)
    return ErrorCode.NONE
  }

  release(member: string): void {
    this.sessions.delete(member)
    for (const record of this.records) {
      if (record.state === 'acquired' && record.owner === member) record.state = 'available'
    }
  }

  acquire(member: string, countMax: number, nowMs: number): SharedRecord[] {
    for (const record of this.records) {
      if (record.state === 'acquired' && record.lockedUntilMs <= nowMs) record.state = 'available'
    }
    const acquired = this.records.filter(({ state }) => state === 'available').slice(0, countMax)
    for (const record of acquired) {
      record.state = 'acquired'
      record.owner = member
      record.lockedUntilMs = nowMs + lockMs
      record.deliveryCount++
    }
    return acquired
  }

  acknowledge(member: string, first: number, last: number, type: number, nowMs: number): number {
    const range = this.records.slice(first, last + 1)
    const isHeld = range.every(
      ({ state, owner, lockedUntilMs }) => state === 'acquired' && owner === member && lockedUntilMs > nowMs,
    )
    if (!isHeld) return ErrorCode.INVALID_RECORD_STATE
    for (const record of range) {
      if (type === 4) record.lockedUntilMs = nowMs + lockMs
      else record.state = type === 2 ? 'available' : 'done'
    }
    return ErrorCode.NONE
  }
}

/** A broker that has one topic of one partition and a share group, in a simulation; clients are on machines of their own. */
export class ShareWorld {
  readonly simulation: Simulation
  readonly rules = new SharePartitionRules()
  #connections: Connection[] = []
  #version = { renew: 2 }
  /** What the next acknowledgements are answered with, whatever they say. */
  readonly refusals: number[] = []

  private constructor(seed: string) {
    this.simulation = new Simulation({ seed })
  }

  static async start(seed: string, values: readonly (string | undefined)[] = []): Promise<ShareWorld> {
    const world = new ShareWorld(seed)
    world.rules.add(values)
    const { env } = world.simulation.machine('broker-1')
    await world.run(
      env.network.listen({ host: '0.0.0.0', port: 9092 }, (connection) => {
        world.#connections.push(connection)
        world.#serve(connection)
      }),
    )
    return world
  }

  /** Only the version of Kafka 4.1, which knows no renewal. */
  withoutRenewal(): void {
    this.#version = { renew: 1 }
  }

  consumer<Key = Buffer, Value = Buffer>(
    given: ShareConsumerConfigInput = {},
    machine = 'client',
  ): ShareConsumer<Key, Value> {
    const consumer = new ShareConsumer<Key, Value>(this.simulation.machine(machine).env, {
      'bootstrap.servers': 'broker-1:9092',
      'group.id': 'jobs',
      ...given,
    })
    consumer.subscribe('orders')
    return consumer
  }

  /** Ends every connection, as a broker does that restarts; it has forgotten the sessions. */
  cutConnections(): void {
    for (const member of this.rules.sessions.keys()) this.rules.release(member)
    for (const connection of this.#connections.splice(0)) connection.destroy()
  }

  run<Value>(promise: Promise<Value>): Promise<Value> {
    return this.simulation.runUntil(promise)
  }

  pass(durationMs: number): Promise<void> {
    return this.simulation.run(durationMs)
  }

  get #nowMs(): number {
    return this.simulation.machine('broker-1').env.clock.monotonicMs()
  }

  #serve(connection: Connection): void {
    let buffered = Buffer.alloc(0)
    // A connection's requests are answered in their order.
    let before: Promise<void> = Promise.resolve()
    connection.handle({
      onClose: () => {},
      onData: (chunk) => {
        buffered = Buffer.concat([buffered, chunk])
        while (buffered.length >= 4 && buffered.length >= 4 + buffered.readInt32BE(0)) {
          const end = 4 + buffered.readInt32BE(0)
          const frame = buffered.subarray(4, end)
          buffered = buffered.subarray(end)
          before = before.then(() => this.#answer(connection, frame))
        }
      },
    })
  }

  async #answer(connection: Connection, frame: Buffer): Promise<void> {
    const reader = new ByteReader(frame)
    const envelope = decodeRequestHeader(reader)
    const reply = <T>(message: Message<T>, value: Input<T>): void => {
      connection.write(encodeResponse(envelope, message, value))
    }
    const decode = <T>(message: Message<T>): T => message.decode(reader, envelope.apiVersion)
    switch (envelope.apiKey) {
      case apiVersionsRequest.apiKey:
        return reply(apiVersionsResponse, { apiKeys: this.#apis() })
      case metadataRequest.apiKey:
        return reply(metadataResponse, this.#metadata())
      case findCoordinatorRequest.apiKey: {
        const place = { nodeId: 1, host: 'broker-1', port: 9092 }
        const { coordinatorKeys } = decode(findCoordinatorRequest)
        return reply(findCoordinatorResponse, {
          coordinators: coordinatorKeys.map((key) => ({ key, ...place, errorMessage: null })),
        })
      }
      case shareGroupHeartbeatRequest.apiKey:
        return reply(shareGroupHeartbeatResponse, heartbeatAnswer(decode(shareGroupHeartbeatRequest)))
      case shareFetchRequest.apiKey:
        return reply(shareFetchResponse, await this.#fetch(decode(shareFetchRequest)))
      case shareAcknowledgeRequest.apiKey:
        return reply(shareAcknowledgeResponse, this.#acknowledge(decode(shareAcknowledgeRequest)))
      default:
        connection.destroy()
    }
  }

  #apis(): { apiKey: number; minVersion: number; maxVersion: number }[] {
    const known = [
      apiVersionsRequest,
      metadataRequest,
      findCoordinatorRequest,
      shareGroupHeartbeatRequest,
      shareFetchRequest,
      shareAcknowledgeRequest,
    ]
    return known.map((request) => ({
      apiKey: request.apiKey ?? -1,
      minVersion: request.minVersion,
      maxVersion: request === shareAcknowledgeRequest ? this.#version.renew : request.maxVersion,
    }))
  }

  #metadata(): Input<typeof metadataResponse extends Message<infer T> ? T : never> {
    return {
      brokers: [{ nodeId: 1, host: 'broker-1', port: 9092 }],
      clusterId: 'share',
      controllerId: 1,
      topics: [
        {
          name: 'orders',
          topicId,
          partitions: [{ partitionIndex: 0, leaderId: 1, leaderEpoch: 1, replicaNodes: [1], isrNodes: [1] }],
        },
      ],
    }
  }

  #acknowledgeAll(memberId: string, topics: ShareAcknowledgeRequest['topics']): number {
    let errorCode: number = ErrorCode.NONE
    const hasAny = topics.some(({ partitions }) =>
      partitions.some(({ acknowledgementBatches }) => acknowledgementBatches.length > 0),
    )
    const refusal = hasAny ? this.refusals.shift() : undefined
    if (refusal !== undefined) return refusal
    for (const batch of topics.flatMap(({ partitions }) => partitions).flatMap((each) => each.acknowledgementBatches)) {
      const [first, last] = [Number(batch.firstOffset), Number(batch.lastOffset)]
      const result = this.rules.acknowledge(memberId, first, last, batch.acknowledgeTypes[0] ?? -1, this.#nowMs)
      if (result !== ErrorCode.NONE) errorCode = result
    }
    return errorCode
  }

  async #fetch(
    request: ShareFetchRequest,
  ): Promise<Input<typeof shareFetchResponse extends Message<infer T> ? T : never>> {
    const memberId = request.memberId ?? ''
    const errorCode = this.rules.enter(memberId, request.shareSessionEpoch)
    if (errorCode !== ErrorCode.NONE) return { errorCode }
    const acknowledgeErrorCode = this.#acknowledgeAll(memberId, request.topics)
    const untilMs = this.#nowMs + fetchWaitMs
    let acquired = this.rules.acquire(memberId, request.maxRecords, this.#nowMs)
    while (acquired.length === 0 && this.#nowMs < untilMs) {
      await new Promise<void>((resolve) => this.simulation.machine('broker-1').env.timers.after(50, resolve))
      acquired = this.rules.acquire(memberId, request.maxRecords, this.#nowMs)
    }
    return {
      acquisitionLockTimeoutMs: lockMs,
      responses: [
        {
          topicId,
          partitions: [
            {
              partitionIndex: 0,
              acknowledgeErrorCode,
              currentLeader: { leaderId: -1, leaderEpoch: -1 },
              records: bytesOf(acquired),
              acquiredRecords: acquired.map(({ offset, deliveryCount }) => ({
                firstOffset: BigInt(offset),
                lastOffset: BigInt(offset),
                deliveryCount,
              })),
            },
          ],
        },
      ],
    }
  }

  #acknowledge(
    request: ShareAcknowledgeRequest,
  ): Input<typeof shareAcknowledgeResponse extends Message<infer T> ? T : never> {
    const memberId = request.memberId ?? ''
    const errorCode = this.rules.enter(memberId, request.shareSessionEpoch)
    if (errorCode !== ErrorCode.NONE) return { errorCode }
    const result = this.#acknowledgeAll(memberId, request.topics)
    if (request.shareSessionEpoch < 0) this.rules.release(memberId)
    const currentLeader = { leaderId: -1, leaderEpoch: -1 }
    return { responses: [{ topicId, partitions: [{ partitionIndex: 0, errorCode: result, currentLeader }] }] }
  }
}

function heartbeatAnswer(request: ShareGroupHeartbeatRequest) {
  const { memberId, memberEpoch } = request
  if (memberEpoch < 0) return { memberId, memberEpoch, heartbeatIntervalMs: 1000, assignment: null }
  const assignment = memberEpoch === 0 ? { topicPartitions: [{ topicId, partitions: [0] }] } : null
  return { memberId, memberEpoch: 1, heartbeatIntervalMs: 1000, assignment }
}

/** Batches of their own for records that follow each other; an offset without a value is in none. */
function bytesOf(records: readonly SharedRecord[]): Buffer {
  return Buffer.concat(
    records.flatMap(({ offset, value }) =>
      value === undefined
        ? []
        : [
            encodeRecordBatch({
              baseOffset: offset,
              records: [{ timestampMs: 1, key: null, value: Buffer.from(value) }],
            }),
          ],
    ),
  )
}
