import type { Admin, AlterConfigOp, OngoingReassignment } from '@odradek/client'
import type { ToolRun } from '../kafka-tool.ts'
import { partitionName } from '../partition-name.ts'
import type { CurrentPartition } from './current-partitions.ts'
import type { PlannedMove, PlannedPartition } from './reassignment-file.ts'

const leaderRate = 'leader.replication.throttled.rate'
const followerRate = 'follower.replication.throttled.rate'
const logDirRate = 'replica.alter.log.dirs.io.max.bytes.per.second'
const leaderReplicas = 'leader.replication.throttled.replicas'
const followerReplicas = 'follower.replication.throttled.replicas'

/** From which brokers a partition is copied, and to which. */
interface Move {
  readonly topic: string
  readonly partition: number
  readonly sources: ReadonlySet<number>
  readonly destinations: ReadonlySet<number>
}

/** Limits what the partitions' copying takes, those that are under way included, in bytes a second. */
export async function throttleBrokers(
  admin: Admin,
  tool: ToolRun,
  bytesPerSecond: number,
  ongoing: readonly OngoingReassignment[],
  planned: readonly PlannedPartition[],
  current: readonly CurrentPartition[],
): Promise<void> {
  const moves = movesFrom(ongoing, planned, current)
  const replicaList = (ofTopic: readonly Move[], idsOf: (move: Move) => ReadonlySet<number>): string =>
    [...new Set(ofTopic.flatMap((move) => [...idsOf(move)].map((id) => `${move.partition}:${id}`)))].sort().join(',')
  const topics = [...Map.groupBy(moves.values(), ({ topic }) => topic)].map(([name, ofTopic]) => ({
    type: 'TOPIC' as const,
    name,
    operations: [
      set(
        leaderReplicas,
        replicaList(ofTopic, ({ sources }) => sources),
      ),
      set(
        followerReplicas,
        replicaList(ofTopic, ({ sources, destinations }) => destinations.difference(sources)),
      ),
    ],
  }))
  await admin.incrementalAlterConfigs(topics)
  const ids = new Set([...moves.values()].flatMap(({ sources, destinations }) => [...sources, ...destinations]))
  const rates = [set(leaderRate, String(bytesPerSecond)), set(followerRate, String(bytesPerSecond))]
  await admin.incrementalAlterConfigs([...ids].map((id) => ({ type: 'BROKER', name: String(id), operations: rates })))
  await tool.print(`The inter-broker throttle limit was set to ${bytesPerSecond} B/s`)
}

function movesFrom(
  ongoing: readonly OngoingReassignment[],
  planned: readonly PlannedPartition[],
  current: readonly CurrentPartition[],
): Map<string, Move> {
  const moves = new Map<string, Move>()
  for (const { topic, partition, replicas, addingReplicas } of ongoing) {
    const destinations = new Set(addingReplicas)
    moves.set(partitionName({ topic, partition }), {
      topic,
      partition,
      sources: new Set(replicas).difference(destinations),
      destinations,
    })
  }
  for (const wanted of planned) {
    const name = partitionName(wanted)
    const { topic, partition, replicas } = wanted
    const now = current.find((each) => partitionName(each) === name)?.replicas ?? []
    const sources = moves.get(name)?.sources ?? new Set(now)
    moves.set(name, { topic, partition, sources, destinations: new Set(replicas).difference(sources) })
  }
  return moves
}

/** Limits what moves between the directories of brokers take. */
export async function throttleLogDirs(
  admin: Admin,
  tool: ToolRun,
  bytesPerSecond: number,
  moves: readonly PlannedMove[],
): Promise<void> {
  const ids = [...new Set(moves.map(({ brokerId }) => brokerId))]
  const operations = [set(logDirRate, String(bytesPerSecond))]
  await admin.incrementalAlterConfigs(ids.map((id) => ({ type: 'BROKER', name: String(id), operations })))
  await tool.print(`The replica-alter-dir throttle limit was set to ${bytesPerSecond} B/s`)
}

/** Removes all limits: of all brokers, and of the topics of the partitions. */
export async function clearThrottles(admin: Admin, tool: ToolRun, planned: readonly PlannedPartition[]): Promise<void> {
  const { brokers } = await admin.describeCluster()
  const ids = [...new Set([...brokers.map(({ id }) => id), ...planned.flatMap(({ replicas }) => replicas)])]
  const plural = (list: readonly unknown[]): string => (list.length === 1 ? '' : 's')
  await tool.print(`Clearing broker-level throttles on broker${plural(ids)} ${ids.join(',')}`)
  const ofBroker = [leaderRate, followerRate, logDirRate].map(unset)
  await admin.incrementalAlterConfigs(ids.map((id) => ({ type: 'BROKER', name: String(id), operations: ofBroker })))
  const topics = [...new Set(planned.map(({ topic }) => topic))]
  await tool.print(`Clearing topic-level throttles on topic${plural(topics)} ${topics.join(',')}`)
  const ofTopic = [leaderReplicas, followerReplicas].map(unset)
  await admin.incrementalAlterConfigs(topics.map((name) => ({ type: 'TOPIC', name, operations: ofTopic })))
}

function set(name: string, value: string): AlterConfigOp {
  return { name, operation: 'SET', value }
}

function unset(name: string): AlterConfigOp {
  return { name, operation: 'DELETE' }
}
