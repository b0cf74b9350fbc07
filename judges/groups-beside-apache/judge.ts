// Apache Kafka 3.9.1's group coordinator and ours, asked the same at the same time: the answers must be the same, and so must what is not
// answered yet. Where Apache's choice of a leader follows from the order of a hash table, a history ends.
import assert from 'node:assert/strict'
import type { Env } from '@odradek/base'
import { createNodeEnv } from '@odradek/env-node'
import { BrokerConnection } from '@odradek/client'
import { findCoordinatorRequest, findCoordinatorResponse } from '@odradek/kafka-protocol/messages/10-find-coordinator'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import type { JudgeContext } from '../lib/judge.ts'
import { pause, pollUntil } from '../lib/poll-until.ts'
import { startTarget } from '../lib/target.ts'
import { GroupSide } from './group-side.ts'
import { randomHistory } from './group-step.ts'

const historyCount = 60
const stepCount = 45
const historiesAtOnce = 12
/** How long an answer may take that the other broker has given. */
const patienceMs = 2500
/** How long both are watched for an answer that neither may give. */
const quietMs = 80

export async function judge({ report, target }: JudgeContext): Promise<void> {
  const judged = await startTarget(target)
  const apache = await startTarget('apache')
  const env = createNodeEnv({ log: { level: 'error' } })
  try {
    for (const { bootstrap } of [judged, apache]) await prepare(env, bootstrap)
    const firstSeed = Math.floor(Math.random() * 1e6)
    report.note(`histories ${firstSeed} to ${firstSeed + historyCount - 1}, ${stepCount} requests each`)
    const seeds = Array.from({ length: historyCount }, (_, index) => firstSeed + index)
    const differences: string[] = []
    await Promise.all(
      Array.from({ length: historiesAtOnce }, async () => {
        for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
          const isDifferent = (await compare(env, seed, [judged.bootstrap, apache.bootstrap])) !== undefined
          // A machine that is busy makes a broker late: what counts is a difference that is there again.
          if (!isDifferent) continue
          const difference = await compare(env, seed, [judged.bootstrap, apache.bootstrap])
          if (difference !== undefined) differences.push(difference)
        }
      }),
    )
    await report.check(`${historyCount} histories of a group are the same on both brokers`, () => {
      assert.equal(differences.length, 0, differences.slice(0, 3).join('\n\n'))
    })
  } finally {
    await judged.stop()
    await apache.stop()
    judged.remove()
    apache.remove()
  }
}

/** Makes the topics that are committed for, and the one that groups live in. */
async function prepare(env: Env, bootstrap: string): Promise<void> {
  const [host = '', port = ''] = bootstrap.split(':')
  const connection = await BrokerConnection.connect(env, { host, port: Number(port), clientId: 'judge' })
  const topics = ['t', 'u'].map((name) => ({ name, numPartitions: 2, replicationFactor: 1 }))
  await connection.send(createTopicsRequest, createTopicsResponse, 5, { topics, timeoutMs: 10_000 })
  await pollUntil<boolean>('the group coordinator is there', 30_000, async () => {
    const found = await connection.send(findCoordinatorRequest, findCoordinatorResponse, 2, { key: 'g' })
    if (found.errorCode !== 0) throw new Error(`error code ${found.errorCode}`)
    return true
  })
  connection.close()
  await pause(1000)
}

/** Runs one history on both brokers; returns where they part, or undefined. */
async function compare(env: Env, seed: number, bootstraps: readonly [string, string]): Promise<string | undefined> {
  const { steps, staticSlots } = randomHistory(seed, stepCount)
  const groupId = `history-${seed}-${Math.random().toString(36).slice(2)}`
  const [ours, apaches] = await Promise.all([
    GroupSide.open(env, bootstraps[0], groupId, staticSlots),
    GroupSide.open(env, bootstraps[1], groupId, staticSlots),
  ])
  try {
    for (const [index, step] of steps.entries()) {
      ours.perform(step)
      apaches.perform(step)
      const startMs = performance.now()
      do await pause(quietMs)
      while (shown(ours) !== shown(apaches) && performance.now() - startMs < patienceMs)
      if (shown(ours) !== shown(apaches)) {
        if (withoutLeader(shown(ours)) === withoutLeader(shown(apaches))) return undefined
        return `history ${seed} parts at request ${index} (${step.action} of ${step.slot})\nours:\n${shown(ours)}\nApache's:\n${shown(apaches)}`
      }
      ours.replies = []
      apaches.replies = []
    }
    return undefined
  } finally {
    ours.close()
    apaches.close()
  }
}

function shown({ replies }: GroupSide): string {
  return replies.toSorted().join('\n')
}

function withoutLeader(replies: string): string {
  return replies.replaceAll(/leader=.*/g, '')
}
