import { KafkaError } from '@odradek/kafka-protocol'
import type { AdminRequests } from './admin-requests.ts'
import { allFailed, settleBatch } from './settle-batch.ts'
import type { Failure, Outcomes } from './settle-batch.ts'

/** A partition as calls name it. */
export interface PartitionRef {
  readonly topic: string
  readonly partition: number
}

/** The name of a partition in errors, as Kafka writes it. */
export function partitionKey({ topic, partition }: PartitionRef): string {
  return `${topic}-${partition}`
}

/** Partitions as most requests list them: by topic. */
export function byTopic<Item extends PartitionRef>(items: readonly Item[]): { topic: string; items: Item[] }[] {
  const topics = Map.groupBy(items, ({ topic }) => topic)
  return [...topics].map(([topic, ofTopic]) => ({ topic, items: ofTopic }))
}

/** Makes requests to the leaders of partitions: all of one broker's in one. `ask` answers for each of the items that it is given. */
export async function askLeaders<Item extends PartitionRef, Value>(
  requests: AdminRequests,
  items: readonly Item[],
  ask: (brokerId: number, items: readonly Item[]) => Promise<Outcomes<Value>>,
): Promise<Map<string, Value>> {
  const byKey = new Map(items.map((item) => [partitionKey(item), item]))
  return settleBatch<Value>(requests.cluster, [...byKey.keys()], requests.timeoutMs, async (pending) => {
    const wanted = pending.map((key) => byKey.get(key) as Item)
    const leaderOf = await requests.leaders(wanted.map(({ topic }) => topic))
    const outcomes: Outcomes<Value> = new Map<string, Value | Failure>()
    const byLeader = new Map<number, Item[]>()
    for (const item of wanted) {
      const leader = leaderOf(item.topic, item.partition)
      if (leader instanceof KafkaError) outcomes.set(partitionKey(item), leader)
      else byLeader.set(leader, [...(byLeader.get(leader) ?? []), item])
    }
    const answers = [...byLeader].map(([brokerId, ofBroker]) =>
      ask(brokerId, ofBroker).catch((error: unknown) => allFailed<Value>(ofBroker.map(partitionKey), error)),
    )
    for (const answer of await Promise.all(answers)) for (const [key, outcome] of answer) outcomes.set(key, outcome)
    return outcomes
  })
}
