import type { Env } from '@odradek/base'
import type { Admin } from '@odradek/client'

export interface BenchTopic {
  readonly topic: string
  /** Deletes it, if it was made for the occasion. */
  remove(): Promise<void>
}

/** The topic that is named; without a name one of its own, which is deleted afterwards. */
export async function benchTopic(
  env: Env,
  admin: Admin,
  name: string | undefined,
  { partitions, replicas }: { readonly partitions: number | undefined; readonly replicas: number | undefined },
): Promise<BenchTopic> {
  if (name !== undefined) {
    // It says at once when there is none.
    await admin.describeTopics([name])
    return { topic: name, remove: () => Promise.resolve() }
  }
  const topic = `odradek-bench-${env.random.fork('bench').bytes(6).toString('hex')}`
  await admin.createTopics([
    {
      name: topic,
      ...(partitions === undefined ? {} : { partitions }),
      ...(replicas === undefined ? {} : { replicationFactor: replicas }),
    },
  ])
  return { topic, remove: () => admin.deleteTopics([topic]) }
}
