import type { Admin, AlterConfigOp, OngoingReassignment } from '@odradek/client'
import type { AssignedPartition } from './plan-assignment.ts'

const rateKeys = ['leader.replication.throttled.rate', 'follower.replication.throttled.rate'] as const
const leaderReplicas = 'leader.replication.throttled.replicas'
const followerReplicas = 'follower.replication.throttled.replicas'

export interface PlannedMove extends AssignedPartition {
  /** Where it is now. */
  readonly current: readonly number[]
}

/**
 * Holds the copying that moves cause to `bytesPerSecond` on each broker that takes part, as kafka-reassign-partitions does: rates on brokers, and on
 * topics whose replicas they hold for: those that send, and those that are new.
 */
export async function setThrottles(admin: Admin, moves: readonly PlannedMove[], bytesPerSecond: number): Promise<void> {
  const brokers = new Set(moves.flatMap(({ current, replicas }) => [...current, ...replicas]))
  const topics = Map.groupBy(moves, ({ topic }) => topic)
  const rates: AlterConfigOp[] = rateKeys.map((name) => ({ name, operation: 'SET', value: String(bytesPerSecond) }))
  await admin.incrementalAlterConfigs([
    ...[...brokers].map((id) => ({ type: 'BROKER' as const, name: String(id), operations: rates })),
    ...[...topics].map(([name, ofTopic]) => ({
      type: 'TOPIC' as const,
      name,
      operations: [
        set(
          leaderReplicas,
          ofTopic.flatMap(({ partition, current }) => current.map((id) => `${partition}:${id}`)),
        ),
        set(
          followerReplicas,
          ofTopic.flatMap(({ partition, current, replicas }) =>
            replicas.filter((id) => !current.includes(id)).map((id) => `${partition}:${id}`),
          ),
        ),
      ],
    })),
  ])
}

function set(name: string, replicas: readonly string[]): AlterConfigOp {
  return { name, operation: 'SET', value: replicas.join(',') }
}

/** Takes the throttles of topics away, and those of all brokers unless other moves are still under way. Resolves with whether brokers' went too. */
export async function clearThrottles(
  admin: Admin,
  topics: readonly string[],
  underWay: readonly OngoingReassignment[],
): Promise<boolean> {
  const clearsBrokers = underWay.length === 0
  const { brokers } = await admin.describeCluster()
  const remove = (name: string): AlterConfigOp => ({ name, operation: 'DELETE' })
  const moving = new Set(underWay.map(({ topic }) => topic))
  const changes = [
    ...[...new Set(topics)]
      .filter((name) => !moving.has(name))
      .map((name) => ({
        type: 'TOPIC' as const,
        name,
        operations: [leaderReplicas, followerReplicas].map(remove),
      })),
    ...(clearsBrokers
      ? brokers.map(({ id }) => ({ type: 'BROKER' as const, name: String(id), operations: rateKeys.map(remove) }))
      : []),
  ]
  if (changes.length > 0) await admin.incrementalAlterConfigs(changes)
  return clearsBrokers
}
