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
import { lateHistory, randomHistory, regexHistory, slotCount } from './consumer-step.ts'
import type { ConsumerHistory, ConsumerStep } from './consumer-step.ts'

const historyCount = 60
const regexHistoryCount = 8
const lateHistoryCount = 8
/** Longer than the ten seconds in which expressions are not resolved again. */
const restMs = 10_600
/** Longer than a session of the histories in which members are late, and than their rebalance timeout. */
const silenceMs = 11_000
const stubbornMs = 6000
const beatEveryMs = 1000
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
  'group.consumer.min.session.timeout.ms': '6000',
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
    const firstSeed = Number(process.env['SEED'] ?? 1)
    const seeds = (count: number): number[] => Array.from({ length: count }, (_, index) => firstSeed + index)
    report.note(`histories ${firstSeed} to ${firstSeed + historyCount - 1}, ${stepCount} requests each`)
    const sets: readonly (readonly [title: string, seeds: number[], history: (seed: number) => ConsumerHistory])[] = [
      [`${historyCount} histories of a consumer group`, seeds(historyCount), (seed) => randomHistory(seed, stepCount)],
      [`${regexHistoryCount} histories with regular expressions`, seeds(regexHistoryCount), regexHistory],
      [`${lateHistoryCount} histories with members that are late`, seeds(lateHistoryCount), lateHistory],
    ]
    for (const [title, waiting, historyOf] of sets) {
      const suspects: number[] = []
      const differences: string[] = []
      await Promise.all(
        Array.from({ length: historiesAtOnce }, async () => {
          for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
            if ((await compare(env, seed, historyOf(seed), ours, apaches)) !== undefined) suspects.push(seed)
          }
        }),
      )
      // A machine that is busy makes a broker late: what counts is a difference that is there again when nothing else is asked.
      for (const seed of suspects) {
        const difference = await compare(env, seed, historyOf(seed), ours, apaches)
        if (difference !== undefined) differences.push(difference)
      }
      await report.check(`${title} are the same as on Apache Kafka 4.3.1`, () => {
        assert.equal(differences.length, 0, `${differences.length} differ\n${differences.slice(0, 3).join('\n\n')}`)
      })
    }
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
  const topics = Object.entries(partitionCounts).map(([name, numPartitions]) => ({
    name,
    numPartitions,
    replicationFactor: 1,
  }))
  const topicNames = topics.map(({ name }) => name)
  /** The metadata may be of topics that were deleted before. */
  const untilShown = (ids: ReadonlyMap<string, string>): Promise<boolean> =>
    pollUntil('the metadata is of these topics', 30_000, async () => {
      const wanted = { topics: topicNames.map((name) => ({ name })) }
      const found = await connection.send(metadataRequest, metadataResponse, 12, wanted)
      for (const { name, topicId, errorCode } of found.topics) {
        if ((errorCode === 0 ? topicId : undefined) !== ids.get(name ?? '')) throw new Error('not yet')
      }
      return true
    })
  let topicIds = new Map<string, string>()
  do {
    if (topicIds.size > 0) {
      await connection.send(deleteTopicsRequest, deleteTopicsResponse, 5, { topicNames, timeoutMs: 10_000 })
      await untilShown(new Map())
    }
    topicIds = await pollUntil('the topics are made', 30_000, async () => {
      const made = await connection.send(createTopicsRequest, createTopicsResponse, 7, { topics, timeoutMs: 10_000 })
      const failed = made.topics.find(({ errorCode }) => errorCode !== 0)
      if (failed !== undefined) {
        await connection.send(deleteTopicsRequest, deleteTopicsResponse, 5, { topicNames, timeoutMs: 10_000 })
        throw new Error(`${failed.name}: ${failed.errorCode} ${failed.errorMessage}`)
      }
      return new Map(made.topics.map(({ name, topicId }) => [name, topicId]))
    })
    await untilShown(topicIds)
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
async function configure(env: Env, bootstrap: string, groupId: string, history: ConsumerHistory): Promise<void> {
  const [host = '', port = ''] = bootstrap.split(':')
  const connection = await BrokerConnection.connect(env, { host, port: Number(port), clientId: 'judge' })
  const { sessionTimeoutMs } = history
  const configs = [
    { name: 'consumer.assignment.interval.ms', configOperation: 0, value: '0' },
    ...(sessionTimeoutMs === undefined
      ? []
      : [{ name: 'consumer.session.timeout.ms', configOperation: 0, value: String(sessionTimeoutMs) }]),
  ]
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
 * classic protocol; ours makes an empty classic group of it. Who writes is told then that there is no group; who only reads is shown the group as it
 * was until anything is written to that partition of the log, if only for another group, and nothing after that. Whether that is what has happened
 * is asked of both: no group has a member, and only ours is a classic one. From here on the two cannot be compared.
 */
async function isForgottenByKafka(past: readonly string[], left: ConsumerSide, right: ConsumerSide): Promise<boolean> {
  if (!past.some((replies) => replies.includes('classic join: UNKNOWN_MEMBER_ID'))) return false
  const asked = async (action: 'classicDescribe' | 'describe', version: number): Promise<readonly [string, string]> => {
    left.replies = []
    right.replies = []
    const parked = [left.pendingCount, right.pendingCount] as const
    for (const side of [left, right]) side.perform({ slot: 0, action, version, chance: [0, 0, 0] })
    await pollUntil(`both answer ${action}`, patienceMs, () =>
      left.pendingCount <= parked[0] && right.pendingCount <= parked[1] ? true : undefined,
    )
    return [shown(left), shown(right)]
  }
  const [ours, apaches] = await asked('classicDescribe', 6)
  const [, consumerGroup] = await asked('describe', 1)
  const isEmpty = consumerGroup.includes(': ok Empty') || consumerGroup.includes(': GROUP_ID_NOT_FOUND')
  return ours.includes(': ok Empty') && apaches.includes(': GROUP_ID_NOT_FOUND') && isEmpty
}

/** Runs one history on both brokers; returns where they part, or undefined. */
async function compare(
  env: Env,
  seed: number,
  history: ConsumerHistory,
  ours: Broker,
  apaches: Broker,
): Promise<string | undefined> {
  const groupId = `history-${seed}-${Math.random().toString(36).slice(2)}`
  for (const { bootstrap } of [ours, apaches]) await configure(env, bootstrap, groupId, history)
  await pause(200)
  const [left, right] = await Promise.all([
    ConsumerSide.open(env, ours.bootstrap, groupId, history, ours.topicIds),
    ConsumerSide.open(env, apaches.bootstrap, groupId, history, apaches.topicIds),
  ])
  const past: string[] = []
  try {
    for (const [index, step] of history.steps.entries()) {
      await passTime(step, left, right)
      if (step.action === 'regexJoin' || step.action === 'regexBeat') await bringTargetUp(left, right)
      left.perform(step)
      right.perform(step)
      await settled(left, right)
      if (history.afterStepMs !== undefined) await pause(history.afterStepMs)
      if (shown(left) !== shown(right)) {
        const parts = [
          `history ${seed} (${history.assignor}, static ${history.staticSlots.join()}, classic ${history.classicSlots.join()}) parts at request ${index} (${step.action} of ${step.slot})`,
          'before:',
          ...past.slice(-12),
          'ours:',
          shown(left),
          "Apache's:",
          shown(right),
        ].join('\n')
        if (!(await isForgottenByKafka(past, left, right))) return parts
        process.stdout.write(`    history ${seed} ends at request ${index}: Kafka has forgotten the group\n`)
        return undefined
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

/**
 * While the target is behind the group, and a member comes whose expression is not resolved yet, Kafka 4.3.1 may deal out by that member's
 * subscription alone, which is to nothing: all lose what they have until the expression is resolved. Here the target is first brought up to the group.
 */
async function bringTargetUp(left: ConsumerSide, right: ConsumerSide): Promise<void> {
  await keepAllAlive(left, right, undefined, true)
}

/** What takes its time: nobody says anything, one member does not, or none gives up what it is asked for. */
async function passTime({ action, slot }: ConsumerStep, left: ConsumerSide, right: ConsumerSide): Promise<void> {
  if (action === 'rest') await pause(restMs)
  if (action !== 'silence' && action !== 'stubbornness') return
  const isSilence = action === 'silence'
  const endMs = performance.now() + (isSilence ? silenceMs : stubbornMs)
  while (performance.now() < endMs) {
    await keepAllAlive(left, right, isSilence ? slot : undefined, isSilence)
    await pause(beatEveryMs)
  }
}

/** One member after the other, but for one: in which order a broker handles what comes at the same time is left to chance. */
async function keepAllAlive(
  left: ConsumerSide,
  right: ConsumerSide,
  exceptSlot: number | undefined,
  owns: boolean,
): Promise<void> {
  for (let slot = 0; slot < slotCount; slot++) {
    if (slot === exceptSlot) continue
    for (const side of [left, right]) side.keepAlive(slot, owns)
    await settled(left, right)
  }
}

async function settled(left: ConsumerSide, right: ConsumerSide): Promise<void> {
  const startMs = performance.now()
  while (!isSettled(left, right, performance.now() - startMs)) await pause(2)
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
