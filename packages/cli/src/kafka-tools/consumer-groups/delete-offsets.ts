import { BatchError } from '@odradek/client'
import type { Admin, PartitionRef } from '@odradek/client'
import { parsePartitions } from '../../context/partition-argument.ts'
import { javaError } from '../java-error.ts'
import type { ToolRun } from '../kafka-tool.ts'
import { columnsLine } from '../print-columns.ts'
import type { ToolArguments } from '../tool-options.ts'
import { groupsOf } from './groups-of.ts'

const widths = [30, 15]

/** `--delete-offsets`: one group, topics or partitions of them. */
export async function deleteOffsets(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<number> {
  const [group = ''] = await groupsOf(admin, given)
  const { partitions, missing } = await namedPartitions(admin, given.values('topic'))
  let failures: ReadonlyMap<string, Error> = new Map()
  try {
    await admin.deleteConsumerGroupOffsets(group, partitions)
  } catch (error) {
    if (!(error instanceof BatchError)) throw error
    failures = error.errors
  }
  const isGone = [...failures.values()].some((error) => 'code' in error && error.code === 'GROUP_ID_NOT_FOUND')
  if (isGone) await tool.print('', `Error: '${group}' does not exist.`)
  else if (failures.size > 0 || missing.length > 0) {
    await tool.print('', 'Error: Encountered some partition-level error, see the follow-up details:')
  } else
    await tool.print(
      `Request succeed for deleting offsets with topic ${given.values('topic').join(', ')} group ${group}`,
    )
  await tool.print('', columnsLine(['TOPIC', 'PARTITION', 'STATUS'], widths))
  for (const { topic, partition } of partitions) {
    const failure = failures.get(`${topic}-${partition}`)
    const status = failure === undefined ? 'Successful' : `Error: :${javaError(failure)}`
    await tool.print(columnsLine([topic, partition, status], widths))
  }
  for (const topic of missing)
    await tool.print(columnsLine([topic, 'Not Provided', 'Error: :There is no such topic.'], widths))
  return 0
}

/** The partitions of what was named, and the topics that there are not. */
async function namedPartitions(
  admin: Admin,
  given: readonly string[],
): Promise<{ partitions: PartitionRef[]; missing: string[] }> {
  const there = new Set((await admin.listTopics({ listInternal: true })).map(({ name }) => name))
  const wanted = given.map(parsePartitions)
  const whole = wanted.filter(({ topic, partitions }) => partitions === undefined && there.has(topic))
  const described = await admin.describeTopics(whole.map(({ topic }) => topic))
  const partitions = wanted.flatMap(({ topic, partitions: numbers }) =>
    (numbers ?? described.get(topic)?.partitions.map(({ partition }) => partition) ?? []).map((partition) => ({
      topic,
      partition,
    })),
  )
  return {
    partitions,
    missing: wanted
      .filter(({ topic, partitions: numbers }) => numbers === undefined && !there.has(topic))
      .map(({ topic }) => topic),
  }
}
