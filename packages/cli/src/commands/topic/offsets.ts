import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.ts'
import { printRows, withAdmin } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { findPartitions } from '../../context/partition-argument.ts'

export function defineTopicOffsets(command: Command, context: CommandContext): void {
  command.action(async (given: string[], options: ClusterOptions) => {
    const rows = await withAdmin(context, options, async (admin) => {
      const partitions = await findPartitions(admin, given)
      const [first, last] = await Promise.all(
        (['earliest', 'latest'] as const).map((spec) =>
          admin.listOffsets(partitions.map((partition) => ({ ...partition, spec }))),
        ),
      )
      return partitions.map(({ topic, partition }, index) => {
        const [start, end] = [first?.[index]?.offset ?? 0, last?.[index]?.offset ?? 0]
        return { topic, partition, start, end, records: end - start }
      })
    })
    await printRows(context, options, rows, ['topic', 'partition', 'start', 'end', 'records'])
  })
}
