import type { Env } from '@odradek/base'
import type { Admin, PartitionRef } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import { readTextFile } from '../../read-file.ts'
import type { AssignedPartition } from './plan-assignment.ts'

/** A plan as kafka-reassign-partitions reads and writes it: `{"version":1,"partitions":[{"topic","partition","replicas"}]}`. */
export function writePlan(env: Env, file: string, partitions: readonly AssignedPartition[]): void {
  const lines = partitions.map(
    ({ topic, partition, replicas }) => `  ${JSON.stringify({ topic, partition, replicas })}`,
  )
  env.disk.writeFileAtomicSync(file, Buffer.from(`{"version":1,"partitions":[\n${lines.join(',\n')}\n]}\n`))
}

/** Reads a plan. Throws `CliError` for what is none, with the place. */
export function readPlan(env: Env, file: string): AssignedPartition[] {
  const wrong = (what: string): CliError => new CliError('INVALID_FILE', `${file}: ${what}`)
  let document: unknown
  try {
    document = JSON.parse(readTextFile(env, file))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw wrong(`no JSON: ${error.message}`)
  }
  const { version, partitions } = (document ?? {}) as { version?: unknown; partitions?: unknown }
  if (version !== 1 || !Array.isArray(partitions)) {
    throw wrong('not a plan: it is to be {"version":1,"partitions":[…]}, as `odradek reassign plan --file` writes it')
  }
  const found = partitions.map((entry: unknown, index) => {
    const { topic, partition, replicas } = (entry ?? {}) as Record<string, unknown>
    if (typeof topic !== 'string' || !isId(partition)) throw wrong(`entry ${index + 1} names no topic and partition`)
    if (!Array.isArray(replicas) || replicas.length === 0 || !replicas.every(isId)) {
      throw wrong(`entry ${index + 1}: the replicas of ${topic}:${partition} are to be a list of broker ids`)
    }
    if (new Set(replicas).size < replicas.length) throw wrong(`${topic}:${partition} has a broker twice`)
    return { topic, partition, replicas }
  })
  const names = found.map(({ topic, partition }) => `${topic}:${partition}`)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw wrong(`${twice} is there twice`)
  if (found.length === 0) throw wrong('the plan is empty')
  return found
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** Where partitions are now; those that there are not have no replicas. */
export async function currentAssignment(
  admin: Admin,
  partitions: readonly PartitionRef[],
): Promise<AssignedPartition[]> {
  const described = await admin.describeTopics([...new Set(partitions.map(({ topic }) => topic))])
  return partitions.map(({ topic, partition }) => ({
    topic,
    partition,
    replicas: described.get(topic)?.partitions.find((one) => one.partition === partition)?.replicaIds ?? [],
  }))
}
