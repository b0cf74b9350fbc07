import type { PartitionRef } from '@odradek/client'
import { comparePartitions, partitionName } from '../partition-name.ts'
import { ToolError } from '../tool-error.ts'

/** Where a partition is to be. */
export interface PlannedPartition extends PartitionRef {
  readonly replicas: readonly number[]
  /** A directory for each replica; `any` leaves it to the broker. */
  readonly logDirs: readonly string[]
}

export interface PlannedMove extends PartitionRef {
  readonly brokerId: number
  readonly path: string
}

const anyLogDir = 'any'

export function refuse(message: string): never {
  throw new ToolError('REFUSED', `Error: ${message}`)
}

function parseJson(text: string): Record<string, unknown> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    refuse('The input string is not a valid JSON')
  }
  const { version = 1 } = (json ?? {}) as { version?: unknown }
  if (version !== 1) refuse(`Not supported version field value ${String(version)}`)
  return json as Record<string, unknown>
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
  if (value === undefined) return []
  if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'object' || entry === null))
    refuse('Expected a list of objects')
  return value as readonly Record<string, unknown>[]
}

/** `--reassignment-json-file`. Throws `ToolError`. */
export function parseReassignments(text: string): PlannedPartition[] {
  return listOf(parseJson(text)['partitions']).map(({ topic, partition, replicas, log_dirs: dirs }) => {
    if (
      typeof topic !== 'string' ||
      typeof partition !== 'number' ||
      !Array.isArray(replicas) ||
      !replicas.every(Number.isInteger)
    )
      refuse('each of the partitions has a topic, a partition and replicas')
    const logDirs = Array.isArray(dirs) ? dirs.map(String) : replicas.map(() => anyLogDir)
    if (logDirs.length !== replicas.length) {
      refuse(
        `Size of replicas list [${replicas.join(', ')}] is different from size of log dirs list [${logDirs.join(', ')}] for partition ${topic}-${partition}`,
      )
    }
    return { topic, partition, replicas: replicas as number[], logDirs }
  })
}

/** The same, to be done: there has to be something, and nothing twice. */
export function parseExecutable(text: string): PlannedPartition[] {
  const planned = parseReassignments(text)
  if (planned.length === 0) refuse('Partition reassignment list cannot be empty')
  if (planned.some(({ replicas }) => replicas.length === 0)) refuse('Partition replica list cannot be empty')
  const twice = duplicates(planned.map(partitionName))
  if (twice.length > 0) refuse(`Partition reassignment contains duplicate topic partitions: ${twice.join(',')}`)
  const doubled = planned
    .map((partition) => [partitionName(partition), duplicates(partition.replicas)] as const)
    .filter(([, ids]) => ids.length > 0)
    .map(([name, ids]) => `${name} contains multiple entries for ${ids.join(',')}`)
  if (doubled.length > 0) refuse(`Partition replica lists may not contain duplicate entries: ${doubled.join('. ')}`)
  return planned
}

/** `--topics-to-move-json-file`. Throws `ToolError`. */
export function parseTopics(text: string): string[] {
  const topics = listOf(parseJson(text)['topics']).map(({ topic }) => String(topic))
  const twice = duplicates(topics)
  if (twice.length > 0) refuse(`List of topics to reassign contains duplicate entries: [${twice.join(', ')}]`)
  return topics
}

/** `--broker-list`. Throws `ToolError`. */
export function parseBrokers(text: string): number[] {
  const wrong = text.split(',').find((id) => !/^\d+$/.test(id))
  if (wrong !== undefined) refuse(`For input string: "${wrong}"`)
  const ids = text.split(',').map(Number)
  const twice = duplicates(ids)
  if (twice.length > 0) refuse(`Broker list contains duplicate entries: [${twice.join(', ')}]`)
  return ids
}

/** The replicas that are to be in directories of their own. */
export function movesOf(planned: readonly PlannedPartition[]): PlannedMove[] {
  return planned.flatMap(({ topic, partition, replicas, logDirs }) =>
    replicas.flatMap((brokerId, index) => {
      const path = logDirs[index] ?? anyLogDir
      return path === anyLogDir ? [] : [{ topic, partition, brokerId, path }]
    }),
  )
}

/** As the tool prints it, to be saved and given to it again. */
export function reassignmentJson(
  partitions: readonly (PartitionRef & { readonly replicas: readonly number[] })[],
): string {
  return JSON.stringify({
    version: 1,
    partitions: partitions.toSorted(comparePartitions).map(({ topic, partition, replicas }) => {
      return { topic, partition, replicas, log_dirs: replicas.map(() => anyLogDir) }
    }),
  })
}

function duplicates<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))]
}
