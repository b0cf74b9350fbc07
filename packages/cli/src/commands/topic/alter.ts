import type { Command } from 'commander'
import type { AlterConfigOp } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import type { CommandContext } from '../../command-context.ts'
import { parseAssignment } from '../../context/client-properties.ts'
import { collect, withAdmin } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { parseCount } from '../../options.ts'

interface AlterOptions extends ClusterOptions {
  readonly partitions?: string
  readonly set: readonly string[]
  readonly unset: readonly string[]
  readonly dryRun?: true
}

export function defineTopicAlter(command: Command, context: CommandContext): void {
  command
    .option('-p, --partitions <number>', 'how many partitions there are to be in the end')
    .option('-s, --set <key=value>', 'set a configuration value, as often as wanted', collect, [])
    .option('-u, --unset <key>', 'go back to the default of a key, as often as wanted', collect, [])
    .option('--dry-run', 'only check whether it could be done')
    .action(async (topic: string, options: AlterOptions) => {
      const total = parseCount('--partitions', options.partitions)
      const operations: AlterConfigOp[] = [
        ...options.set.map((text) => {
          const [name, value] = parseAssignment('--set', text)
          return { name, operation: 'SET' as const, value }
        }),
        ...options.unset.map((name) => ({ name, operation: 'DELETE' as const })),
      ]
      if (total === undefined && operations.length === 0) {
        throw new CliError('INVALID_OPTION', 'nothing to alter: give --partitions, --set or --unset')
      }
      const validateOnly = options.dryRun ?? false
      await withAdmin(context, options, async (admin) => {
        if (operations.length > 0) {
          await admin.incrementalAlterConfigs([{ type: 'TOPIC', name: topic, operations }], { validateOnly })
        }
        if (total !== undefined) await admin.createPartitions({ [topic]: total }, { validateOnly })
      })
      await context.terminal.write(`${topic} ${validateOnly ? 'could be altered' : 'altered'}\n`)
    })
}
