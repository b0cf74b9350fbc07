import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.ts'
import { printRows, withAdmin } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'

export function defineTopicDescribe(command: Command, context: CommandContext): void {
  command.action(async (topics: string[], options: ClusterOptions) => {
    const rows = await withAdmin(context, options, async (admin) => {
      const described = await admin.describeTopics(topics)
      return [...described.values()].flatMap(({ name, partitions }) =>
        partitions.map((partition) => ({
          topic: name,
          partition: partition.partition,
          leader: partition.leaderId ?? null,
          epoch: partition.leaderEpoch,
          replicas: partition.replicaIds,
          inSync: partition.inSyncReplicaIds,
          offline: partition.offlineReplicaIds,
        })),
      )
    })
    await printRows(context, options, rows)
  })
}
