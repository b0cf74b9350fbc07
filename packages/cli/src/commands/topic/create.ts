import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.ts'
import { parseAssignment } from '../../context/client-properties.ts'
import { collect, withAdmin } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { parseCount } from '../../options.ts'

interface CreateOptions extends ClusterOptions {
  readonly partitions?: string
  readonly replicas?: string
  readonly config: readonly string[]
  readonly dryRun?: true
}

export function defineTopicCreate(command: Command, context: CommandContext): void {
  command
    .option('-p, --partitions <number>', "how many partitions; default: the broker's num.partitions")
    .option('-r, --replicas <number>', "how many copies of each; default: the broker's default.replication.factor")
    .option('-c, --config <key=value>', 'a configuration value, as often as wanted', collect, [])
    .option('--dry-run', 'only check whether it could be done')
    .action(async (topics: string[], options: CreateOptions) => {
      const partitions = parseCount('--partitions', options.partitions)
      const replicationFactor = parseCount('--replicas', options.replicas)
      const configs = Object.fromEntries(options.config.map((text) => parseAssignment('--config', text)))
      const wanted = topics.map((name) => ({
        name,
        configs,
        ...(partitions === undefined ? {} : { partitions }),
        ...(replicationFactor === undefined ? {} : { replicationFactor }),
      }))
      const created = await withAdmin(context, options, (admin) =>
        admin.createTopics(wanted, { validateOnly: options.dryRun ?? false }),
      )
      for (const { name, partitions: total } of created.values()) {
        const what = options.dryRun ? 'could be created' : 'created'
        await context.terminal.write(`${name} ${what}, ${total} partition${total === 1 ? '' : 's'}\n`)
      }
    })
}
