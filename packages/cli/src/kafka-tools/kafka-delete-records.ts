import { BatchError } from '@odradek/client'
import { CliError } from '../cli-error.ts'
import { readTextFile } from '../read-file.ts'
import { javaError } from './java-error.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool } from './kafka-tool.ts'

interface ToDelete {
  readonly topic: string
  readonly partition: number
  readonly beforeOffset: number
}

/** kafka-delete-records */
export const kafkaDeleteRecords: KafkaTool = {
  options: [
    bootstrapServer,
    commandConfig,
    {
      name: 'offset-json-file',
      value: 'file',
      description: '{"partitions": [{"topic": "t", "partition": 0, "offset": 5}], "version": 1}; -1 for all records',
      required: true,
    },
  ],
  async run(given, tool) {
    const env = await tool.context.createEnv('warn')
    const partitions = parseFile(readTextFile(env, given.value('offset-json-file') ?? ''))
    await tool.print('Executing records delete operation')
    const lines = await tool.admin((admin) =>
      admin.deleteRecords(partitions).then(
        (deleted) =>
          new Map(
            deleted.map(({ topic, partition, lowWatermark }) => [
              `${topic}-${partition}`,
              `low_watermark: ${lowWatermark}`,
            ]),
          ),
        (error: unknown) => {
          if (!(error instanceof BatchError)) throw error
          const done = [...error.results].map(
            ([key, value]) => [key, `low_watermark: ${(value as { lowWatermark: number }).lowWatermark}`] as const,
          )
          const failed = [...error.errors].map(([key, failure]) => [key, `error: ${javaError(failure)}`] as const)
          return new Map([...done, ...failed])
        },
      ),
    )
    await tool.print('Records delete operation completed:')
    await tool.print(...[...lines].map(([key, line]) => `partition: ${key}\t${line}`))
    return 0
  },
}

function parseFile(text: string): ToDelete[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new CliError('INVALID_FILE', 'The input string is not a valid JSON', { cause: error })
  }
  const { partitions } = (json ?? {}) as { partitions?: unknown }
  if (!Array.isArray(partitions)) throw new CliError('INVALID_FILE', 'Missing partitions field')
  const parsed = partitions.map((entry: unknown) => {
    const { topic, partition, offset } = (entry ?? {}) as Record<string, unknown>
    if (typeof topic !== 'string' || typeof partition !== 'number' || typeof offset !== 'number') {
      throw new CliError('INVALID_FILE', 'each of the partitions has a topic, a partition and an offset')
    }
    return { topic, partition, beforeOffset: offset }
  })
  const keys = parsed.map(({ topic, partition }) => `${topic}-${partition}`)
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index)
  if (twice.length === 0) return parsed
  throw new CliError(
    'INVALID_FILE',
    `Offset json file contains duplicate topic partitions: ${[...new Set(twice)].join(',')}`,
  )
}
