import type { Admin, PartitionRef } from '@odradek/client'
import { CliError } from '../cli-error.ts'

/** `topic`, or `topic:0,3-5`, as the user names partitions. Without numbers all of the topic are meant. */
export interface PartitionsArgument {
  readonly topic: string
  readonly partitions: readonly number[] | undefined
}

const rangeSizeMax = 100_000

/** Reads `topic` and `topic:0,3-5`. Throws `CliError`. */
export function parsePartitions(text: string): PartitionsArgument {
  const [, topic = '', numbers] = /^([^:]+)(?::([\d,-]+))?$/.exec(text) ?? []
  if (topic === '') throw new CliError('INVALID_OPTION', `partitions are named topic or topic:0,3-5, not "${text}"`)
  if (numbers === undefined) return { topic, partitions: undefined }
  const partitions = numbers.split(',').flatMap((part) => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? []
    const [first, last] = [Number(from), Number(to)]
    if (Number.isNaN(first) || last < first || last - first > rangeSizeMax) {
      throw new CliError('INVALID_OPTION', `"${part}" in "${text}" is no partition and no range of them`)
    }
    return Array.from({ length: last - first + 1 }, (_unused, index) => first + index)
  })
  return { topic, partitions }
}

/** The partitions that the user has named, those of whole topics found by asking the cluster. */
export async function findPartitions(admin: Admin, given: readonly string[]): Promise<PartitionRef[]> {
  const wanted = given.map(parsePartitions)
  const described = await admin.describeTopics([...new Set(wanted.map(({ topic }) => topic))])
  return wanted.flatMap(({ topic, partitions }) => {
    const numbers = partitions ?? (described.get(topic)?.partitions ?? []).map(({ partition }) => partition)
    return numbers.map((partition) => ({ topic, partition }))
  })
}

/** `topic:partition=value` lists, such as offsets by hand. */
export function parsePartitionOffset(text: string): PartitionRef & { readonly offset: number } {
  const [, topic, partition, offset] = /^([^:=]+):(\d+)=(-?\d{1,18})$/.exec(text) ?? []
  if (topic === undefined)
    throw new CliError('INVALID_OPTION', `offsets are given as topic:partition=offset, not "${text}"`)
  return { topic, partition: Number(partition), offset: Number(offset ?? 0) }
}
