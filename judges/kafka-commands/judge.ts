// Kafka's tools as `odradek kafka-…`: the same steps, the same output and exit code as Kafka's own, each against a broker like the other's: ours with
// Kafka 3.9.1's tools, and Apache Kafka 4.3.1 with KRaft for what ours does not have, with 4.3.1's own tools for share groups.
import assert from 'node:assert/strict'
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { writeStepFiles } from '../apache-tools/step-files.ts'
import type { Step } from '../apache-tools/steps.ts'
import { allSteps } from '../apache-tools/steps.ts'
import { ToolHost } from '../apache-tools/tool-host.ts'
import type { ToolOutput } from '../apache-tools/tool-host.ts'
import { startKraftTarget } from '../lib/apache-kraft.ts'
import type { KraftTarget } from '../lib/apache-kraft.ts'
import { temporaryFolder } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { startTarget } from '../lib/target.ts'
import type { Target } from '../lib/target.ts'
import { kraftSteps, moreSteps } from './more-steps.ts'
import { OwnTools } from './own-tools.ts'
import { judgeReplicaVerification } from './replica-verification.ts'
import { shareSteps } from './share-steps.ts'
import { shown } from './shown.ts'
import {
  afterStreamsMember,
  beforeStreamsMember,
  streamsGroup,
  streamsTopic,
  withStreamsMember,
} from './streams-steps.ts'
import { StreamsMember } from '../lib/streams-member.ts'
import { toolNames } from './tool-names.ts'

/** How long a tool may take; none of them needs a tenth of it. */
const patienceSeconds = 90

/**
 * Where what happens is another, and why: Kafka's tool reads configurations before it asks the broker, waits a minute for topics and brokers that do not
 * exist, takes keys that no broker knows, joins no group for a topic that cannot be, closes a quotation that it has not opened, and shows where it
 * was when a move was refused instead of why.
 */
const differences: readonly RegExp[] = [
  /--create --topic none --config/,
  /--delete-offsets --group three-readers --topic missing/,
  /--delete --group new-execute/,
  /bad\.(json|csv)/,
  /--entity-type brokers --entity-name (7|1 --add-config no\.such\.key=1)$/,
  /--entity-name not\.an\.address/,
  /--topic bad\/name --timeout-ms/,
  /--(verify|cancel) .*(unknown-broker|more-replicas)\.json$/,
  /no-directory\.json --timeout/,
]

const zooKeeperSteps = [...allSteps, ...moreSteps].filter(
  (step) =>
    step.only !== '4.3.1' && toolNames[step.tool] !== undefined && !differences.some((args) => args.test(step.args)),
)

type Cluster = Pick<Target, 'bootstrap'> & Partial<Pick<Target, 'zookeeper' | 'logDir'>>

export async function judge({ report }: JudgeContext): Promise<void> {
  const targets = await Promise.all([startTarget('odradek'), startTarget('odradek')])
  try {
    await judgeSteps(report, zooKeeperSteps, targets, 'kafka-3.9.1')
    await judgeReplicaVerification(report, targets[1]?.bootstrap ?? '')
  } finally {
    for (const target of targets) {
      await target.stop()
      target.remove()
    }
  }
  const clusters = await startKraftClusters()
  try {
    await judgeSteps(report, kraftSteps, clusters, 'kafka-3.9.1')
    await judgeSteps(report, shareSteps, clusters, 'kafka-4.3.1')
    await judgeStreamsGroups(report, clusters)
  } finally {
    for (const cluster of clusters) {
      await cluster.stop()
      cluster.remove()
    }
  }
}

/** Kafka's tool for streams groups and ours, with the same member in both clusters. */
export async function judgeStreamsGroups(
  report: JudgeContext['report'],
  clusters: readonly KraftTarget[],
): Promise<void> {
  await judgeSteps(report, beforeStreamsMember, clusters, 'kafka-4.3.1')
  const members = await Promise.all(
    clusters.map(({ bootstrap }) => StreamsMember.join(bootstrap, streamsGroup, [streamsTopic])),
  )
  try {
    await judgeSteps(report, withStreamsMember, clusters, 'kafka-4.3.1')
    await Promise.all(members.map((member) => member.leave()))
    await judgeSteps(report, afterStreamsMember, clusters, 'kafka-4.3.1')
  } finally {
    for (const member of members) member.close()
  }
}

export function startKraftClusters(): Promise<KraftTarget[]> {
  const properties = {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
    'transaction.state.log.num.partitions': '5',
  }
  return Promise.all([startKraftTarget(properties), startKraftTarget(properties)])
}

/** Kafka's tools work on the first cluster, ours on the second, both at a time. */
async function judgeSteps(
  report: JudgeContext['report'],
  steps: readonly Step[],
  clusters: readonly Cluster[],
  version: 'kafka-3.9.1' | 'kafka-4.3.1',
): Promise<void> {
  const folder = temporaryFolder('kafka-commands')
  const host = await ToolHost.start(version)
  const ours = new OwnTools(patienceSeconds * 1000)
  const [first, second] = clusters as [Cluster, Cluster]
  const places = ['theirs', 'ours'].map((name) => path.join(folder, name)) as [string, string]
  for (const place of places) mkdirSync(place)
  try {
    for (const step of steps) {
      writeStepFiles(step, places[0], first.logDir ?? '')
      writeStepFiles(step, places[1], second.logDir ?? '')
      const outputs = await Promise.all([
        runTheirs(host, step, first, places[0]),
        ours.run(toolNames[step.tool]?.script ?? '', words(step, second, places[1]), step.input ?? ''),
      ])
      const [theirs, own] = outputs.map((output) => shown(output, step))
      const title = `${step.tool} ${step.args.replace('--bootstrap-server {bootstrap} ', '')}`
      await report.check(title, () => assert.equal(own, theirs))
    }
  } finally {
    host.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function words(step: Step, cluster: Cluster, place: string): string[] {
  return step.args
    .replaceAll('{bootstrap}', cluster.bootstrap)
    .replaceAll('{zookeeper}', cluster.zookeeper ?? '')
    .replaceAll('{logDir}', cluster.logDir ?? '')
    .replaceAll('{folder}', place)
    .split(' ')
}

function runTheirs(host: ToolHost, step: Step, cluster: Cluster, place: string): Promise<ToolOutput> {
  const mainClass = toolNames[step.tool]?.mainClass ?? ''
  return host.run(mainClass, words(step, cluster, place), step.input ?? '', patienceSeconds)
}
