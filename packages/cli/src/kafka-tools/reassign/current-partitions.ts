import { BatchError } from '@odradek/client'
import type { Admin, PartitionRef } from '@odradek/client'
import { partitionName } from '../partition-name.ts'
import { refuse } from './reassignment-file.ts'

export interface CurrentPartition extends PartitionRef {
  readonly replicas: readonly number[]
}

const unknownTopic = 'org.apache.kafka.common.errors.UnknownTopicOrPartitionException'

/** All partitions of topics, and where they are. Throws `ToolError` for topics that do not exist. */
export async function partitionsOf(admin: Admin, topics: readonly string[]): Promise<CurrentPartition[]> {
  const names = [...new Set(topics)]
  if (names.length === 0) return []
  try {
    const described = await admin.describeTopics(names)
    return [...described.values()].flatMap(({ name, partitions }) =>
      partitions.map(({ partition, replicaIds }) => ({ topic: name, partition, replicas: replicaIds })),
    )
  } catch (error) {
    if (!(error instanceof BatchError)) throw error
    const missing = [...error.errors].find(([, { code }]) => code === 'UNKNOWN_TOPIC_OR_PARTITION')
    if (missing === undefined) throw error
    return refuse(`${unknownTopic}: Topic ${missing[0]} not found.`)
  }
}

/** Those of the partitions given. Throws `ToolError` for partitions that do not exist. */
export async function currentOf(admin: Admin, wanted: readonly PartitionRef[]): Promise<CurrentPartition[]> {
  const names = new Set(wanted.map(partitionName))
  const found = await partitionsOf(
    admin,
    wanted.map(({ topic }) => topic),
  )
  const current = found.filter((partition) => names.delete(partitionName(partition)))
  if (names.size > 0) refuse(`${unknownTopic}: Unable to find partition: ${[...names].join(', ')}`)
  return current
}
