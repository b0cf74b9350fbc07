import type { Command } from 'commander'
import type { DescribedPartition } from '@odradek/client'
import type { CommandContext } from '../../command-context.ts'
import { printRows, withAdmin } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'

export function defineTopicList(command: Command, context: CommandContext): void {
  command
    .option('--internal', "also the cluster's own topics, such as __consumer_offsets")
    .action(async (options: ClusterOptions & { internal?: true }) => {
      const rows = await withAdmin(context, options, async (admin) => {
        const listed = await admin.listTopics({ listInternal: options.internal ?? false })
        if (listed.length === 0) return []
        const described = await admin.describeTopics(listed.map(({ name }) => name))
        return [...described.values()].map(({ name, partitions }) => ({
          topic: name,
          partitions: partitions.length,
          replicas: partitions[0]?.replicaIds.length ?? 0,
          underReplicated: partitions.filter(isUnderReplicated).length,
        }))
      })
      await printRows(context, options, rows, ['topic', 'partitions', 'replicas', 'underReplicated'])
    })
}

function isUnderReplicated({ replicaIds, inSyncReplicaIds }: DescribedPartition): boolean {
  return inSyncReplicaIds.length < replicaIds.length
}
