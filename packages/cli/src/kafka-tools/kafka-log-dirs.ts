import { CliError } from '../cli-error.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool } from './kafka-tool.ts'

/** kafka-log-dirs */
export const kafkaLogDirs: KafkaTool = {
  options: [
    bootstrapServer,
    commandConfig,
    { name: 'describe', description: 'print the log directories of brokers as JSON', required: true },
    { name: 'topic-list', value: 'a,b,...', description: 'only these topics' },
    { name: 'broker-list', value: '1,2,...', description: 'only these brokers' },
  ],
  run: (given, tool) =>
    tool.admin(async (admin) => {
      const { brokers } = await admin.describeCluster()
      const there = brokers.map(({ id }) => id)
      const wanted = given.value('broker-list')?.split(',').map(Number) ?? there
      const missing = wanted.filter((id) => !there.includes(id))
      if (missing.length > 0) {
        throw new CliError(
          'INVALID_OPTION',
          `ERROR: The given brokers do not exist from --broker-list: ${missing.join(',')}. Current existent brokers: ${there.join(',')}`,
        )
      }
      const topics = given.value('topic-list')?.split(',')
      await tool.print('Querying brokers for log directories information')
      const dirs = await admin.describeLogDirs(wanted)
      await tool.print(`Received log directory information from brokers ${wanted.join(',')}`)
      const json = {
        brokers: [...dirs].map(([broker, logDirs]) => ({
          broker,
          logDirs: logDirs.map(({ path, error, replicas }) => ({
            partitions: replicas
              .filter(({ topic }) => topics === undefined || topics.includes(topic))
              .map(({ topic, partition, sizeBytes, offsetLag, isFuture }) => ({
                partition: `${topic}-${partition}`,
                size: Number(sizeBytes),
                offsetLag: Number(offsetLag),
                isFuture,
              })),
            error: error?.code ?? null,
            logDir: path,
          })),
        })),
        version: 1,
      }
      await tool.print(JSON.stringify(json))
      return 0
    }),
}
