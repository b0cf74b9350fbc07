// Apache Kafka 4.3.1's coordinator of consumer groups (KIP-848) and ours, asked the same in the same order: the answers must be the same.
import assert from 'node:assert/strict'
import type { Env } from '@odradek/base'
import { BrokerConnection } from '@odradek/client'
import { createNodeEnv } from '@odradek/env-node'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { findCoordinatorRequest, findCoordinatorResponse } from '@odradek/kafka-protocol/messages/10-find-coordinator'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { deleteTopicsRequest, deleteTopicsResponse } from '@odradek/kafka-protocol/messages/20-delete-topics'
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import { startKraftTarget } from '../lib/apache-kraft.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { pause, pollUntil } from '../lib/poll-until.ts'
import { startTarget } from '../lib/target.ts'
import { ConsumerSide } from './consumer-side.ts'
import { randomHistory } from './consumer-step.ts'
import type { ConsumerStep } from './consumer-step.ts'

const historyCount = 60
const stepCount = 60
const historiesAtOnce = 8
/** How long an answer may take that the other broker has given. */
const patienceMs = 4000
/** How long both are watched for an answer that neither may give: a classic group parks requests. */
const quietMs = 400
const partitionCounts = { t: 3, u: 2 }

/** No member is late for anything while two brokers are compared. */
const properties = {
  'group.consumer.session.timeout.ms': '300000',
  'group.consumer.max.session.timeout.ms': '300000',
  'group.max.session.timeout.ms': '300000',
  'group.initial.rebalance.delay.ms': '0',
}

interface Broker {
  readonly bootstrap: string
  readonly topicIds: ReadonlyMap<string, string>
}

export async function judge({ report, target }: JudgeContext): Promise<void> {
  const judged = target === 'apache' ? await startKraftTarget(properties) : await startTarget(target, properties)
  const apache = await startKraftTarget(properties)
  const env = createNodeEnv({ log: { level: 'error' } })
  try {
    const ours = { bootstrap: judged.bootstrap, topicIds: await prepare(env, judged.bootstrap) }
    const apaches = { bootstrap: apache.bootstrap, topicIds: await prepare(env, apache.bootstrap) }
    const firstSeed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e6))
    report.note(`histories ${firstSeed} to ${firstSeed + historyCount - 1}, ${stepCount} requests each`)
    const seeds = Array.from({ length: historyCount }, (_, index) => firstSeed + index)
    const differences: string[] = []
    await Promise.all(
      Array.from({ length: historiesAtOnce }, async () => {
        for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
          const isDifferent = (await compare(env, seed, ours, apaches)) !== undefined
          // A machine that is busy makes a broker late: what counts is a difference that is there again.
          if (!isDifferent) continue
          const difference = await compare(env, seed, ours, apaches)
          if (difference !== undefined) differences.push(difference)
        }
      }),
    )
    await report.check(`${historyCount} histories of a consumer group are the same as on Apache Kafka 4.3.1`, () => {
      assert.equal(differences.length, 0, `${differences.length} differ\n${differences.slice(0, 3).join('\n\n')}`)
    })
  } finally {
    await judged.stop()
    await apache.stop()
    judged.remove()
    apache.remove()
  }
}

/**
 * Makes the topics, and makes them again until their ids stand in the same order in Java's hash tables, in Java's order of ids and in the
 * order of their texts: where topics have an order, it is that of their ids.
 */
async function prepare(env: Env, bootstrap: string): Promise<ReadonlyMap<string, string>> {
  const [host = '', port = ''] = bootstrap.split(':')
  const connection = await BrokerConnection.connect(env, { host, port: Number(port), clientId: 'judge' })
  const names = Object.keys(partitionCounts)
  let topicIds = new Map<string, string>()
  do {
    if (topicIds.size > 0) {
      const topics = names.map((name) => ({ name, topicId: topicIds.get(name) ?? '' }))
      await connection.send(deleteTopicsRequest, deleteTopicsResponse, 5, {
        topicNames: topics.map(({ name }) => name),
        timeoutMs: 10_000,
      })
      await pause(300)
    }
    topicIds = await pollUntil('the topics are there', 30_000, async () => {
      const topics = Object.entries(partitionCounts).map(([name, numPartitions]) => ({
        name,
        numPartitions,
        replicationFactor: 1,
      }))
      await connection.send(createTopicsRequest, createTopicsResponse, 5, { topics, timeoutMs: 10_000 })
      const found = await connection.send(metadataRequest, metadataResponse, 12, {
        topics: names.map((name) => ({ name })),
      })
      const ids = new Map(
        found.topics.filter(({ errorCode }) => errorCode === 0).map(({ name, topicId }) => [name ?? '', topicId]),
      )
      if (ids.size < names.length) throw new Error('not yet')
      return ids
    })
  } while (!isOrdered(topicIds.get('t') ?? '', topicIds.get('u') ?? ''))
  await pollUntil<boolean>('the group coordinator is there', 30_000, async () => {
    const found = await connection.send(findCoordinatorRequest, findCoordinatorResponse, 2, { key: 'g' })
    if (found.errorCode !== 0) throw new Error(`error code ${found.errorCode}`)
    return true
  })
  connection.close()
  await pause(1000)
  return topicIds
}

function isOrdered(first: string, second: string): boolean {
  const [a, b] = [idParts(first), idParts(second)]
  const isBelow = a.high < b.high || (a.high === b.high && a.low < b.low)
  return first < second && a.bucket < b.bucket && isBelow
}

/** An id as Java has it: two signed halves, and its place in a small hash table. */
function idParts(id: string): { high: bigint; low: bigint; bucket: number } {
  const bytes = Buffer.from(id, 'base64url')
  const high = bytes.readBigInt64BE(0)
  const low = bytes.readBigInt64BE(8)
  const mixed = BigInt.asUintN(64, high ^ low)
  const hash = Number(BigInt.asIntN(32, (mixed >> 32n) ^ mixed))
  return { high, low, bucket: (hash ^ (hash >>> 16)) & 15 }
}

/** Every change of a group gives a new target at once, as long as the group exists. */
async function assignAtOnce(env: Env, bootstrap: string, groupId: string): Promise<void> {
  const [host = '', port = ''] = bootstrap.split(':')
  const connection = await BrokerConnection.connect(env, { host, port: Number(port), clientId: 'judge' })
  const configs = [{ name: 'consumer.assignment.interval.ms', configOperation: 0, value: '0' }]
  const reply = await connection.send(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, 1, {
    resources: [{ resourceType: 32, resourceName: groupId, configs }],
    validateOnly: false,
  })
  connection.close()
  const [response] = reply.responses
  assert.equal(response?.errorCode, 0, `the group could not be configured: ${response?.errorMessage}`)
}

/**
 * Kafka 4.3.1 drops an empty group of the consumer protocol from its memory, and not from its log, when a member that it does not know joins by the
 * classic protocol. A commit is told then that there is no group, where ours knows the group and not the member; from here on the two cannot be
 * compared.
 */
function isForgottenByKafka(step: ConsumerStep, past: readonly string[], ours: string, apaches: string): boolean {
  return (
    step.action === 'commit' &&
    past.some((replies) => replies.includes('classic join: UNKNOWN_MEMBER_ID')) &&
    apaches.includes('GROUP_ID_NOT_FOUND') &&
    ours !== apaches &&
    ours.replaceAll('UNKNOWN_MEMBER_ID', 'GROUP_ID_NOT_FOUND') === apaches
  )
}

/** Runs one history on both brokers; returns where they part, or undefined. */
async function compare(env: Env, seed: number, ours: Broker, apaches: Broker): Promise<string | undefined> {
  const history = randomHistory(seed, stepCount)
  const groupId = `history-${seed}-${Math.random().toString(36).slice(2)}`
  for (const { bootstrap } of [ours, apaches]) await assignAtOnce(env, bootstrap, groupId)
  await pause(200)
  const [left, right] = await Promise.all([
    ConsumerSide.open(env, ours.bootstrap, groupId, history, ours.topicIds),
    ConsumerSide.open(env, apaches.bootstrap, groupId, history, apaches.topicIds),
  ])
  const past: string[] = []
  try {
    for (const [index, step] of history.steps.entries()) {
      left.perform(step)
      right.perform(step)
      const startMs = performance.now()
      while (!isSettled(left, right, performance.now() - startMs)) await pause(2)
      if (isForgottenByKafka(step, past, shown(left), shown(right))) {
        process.stdout.write(`    history ${seed} ends at request ${index}: Kafka has forgotten the group\n`)
        return undefined
      }
      if (shown(left) !== shown(right)) {
        return [
          `history ${seed} (${history.assignor}, static ${history.staticSlots.join()}, classic ${history.classicSlots.join()}) parts at request ${index} (${step.action} of ${step.slot})`,
          'before:',
          ...past.slice(-12),
          'ours:',
          shown(left),
          "Apache's:",
          shown(right),
        ].join('\n')
      }
      if (left.replies.length > 0) past.push(`${index} ${shown(left)}`)
      left.replies = []
      right.replies = []
    }
    return undefined
  } finally {
    left.close()
    right.close()
  }
}

/** Both have answered everything, or have the same answers out for so long that the rest is parked, or one of them takes for ever. */
function isSettled(left: ConsumerSide, right: ConsumerSide, elapsedMs: number): boolean {
  if (elapsedMs > patienceMs) return true
  if (left.pendingCount === 0 && right.pendingCount === 0) return true
  return left.pendingCount === right.pendingCount && shown(left) === shown(right) && elapsedMs > quietMs
}

function shown({ replies }: ConsumerSide): string {
  return replies.toSorted().join('\n')
}
