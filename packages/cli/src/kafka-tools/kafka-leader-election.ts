import { BatchError } from '@odradek/client'
import type { PartitionRef } from '@odradek/client'
import { CliError } from '../cli-error.ts'
import { readTextFile } from '../read-file.ts'
import { javaError } from './java-error.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import type { ToolArguments } from './tool-options.ts'

/** kafka-leader-election */
export const kafkaLeaderElection: KafkaTool = {
  options: [
    bootstrapServer,
    { name: 'admin.config', value: 'file', description: 'a .properties file with client properties' },
    commandConfig,
    { name: 'election-type', value: 'type', description: 'preferred or unclean', required: true },
    { name: 'topic', value: 'name', description: 'the topic, with --partition' },
    { name: 'partition', value: 'number', description: 'the partition of --topic' },
    { name: 'path-to-json-file', value: 'file', description: '{"partitions": [{"topic": "t", "partition": 0}]}' },
    { name: 'all-topic-partitions', description: 'all partitions that need it' },
  ],
  async run(given, tool) {
    const type = given.value('election-type')?.toLowerCase()
    if (type !== 'preferred' && type !== 'unclean') {
      throw new CliError('INVALID_OPTION', 'election-type takes preferred or unclean')
    }
    const partitions = await partitionsOf(given, tool)
    const shown = (refs: readonly string[]): string => refs.join(', ')
    return tool.admin(async (admin) => {
      try {
        const elected = await admin.electLeaders(type, partitions)
        const keys = elected.map(({ topic, partition }) => `${topic}-${partition}`)
        if (keys.length > 0)
          await tool.print(
            `Successfully completed leader election (${type.toUpperCase()}) for partitions ${shown(keys)}`,
          )
        const valid = (partitions ?? [])
          .map(({ topic, partition }) => `${topic}-${partition}`)
          .filter((key) => !keys.includes(key))
        if (valid.length > 0) await tool.print(`Valid replica already elected for partitions ${shown(valid)}`)
        return 0
      } catch (error) {
        if (!(error instanceof BatchError)) throw error
        for (const [key, failure] of error.errors) {
          await tool.print(
            `Error completing leader election (${type.toUpperCase()}) for partition: ${key}: ${javaError(failure)}`,
          )
        }
        return 1
      }
    })
  },
}

async function partitionsOf(given: ToolArguments, tool: ToolRun): Promise<PartitionRef[] | null> {
  if (given.has('all-topic-partitions')) return null
  const file = given.value('path-to-json-file')
  if (file !== undefined) {
    const env = await tool.context.createEnv('warn')
    const { partitions } = JSON.parse(readTextFile(env, file)) as { partitions: PartitionRef[] }
    return partitions
  }
  const [topic, partition] = [given.value('topic'), given.value('partition')]
  if (topic === undefined || partition === undefined) {
    throw new CliError(
      'INVALID_OPTION',
      'One and only one of the following options is required: topic, all-topic-partitions, path-to-json-file',
    )
  }
  return [{ topic, partition: Number(partition) }]
}
