import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.ts'
import { confirm } from '../../confirm.ts'
import { withAdmin } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'

export function defineTopicDelete(command: Command, context: CommandContext): void {
  command
    .option('-y, --yes', 'do not ask')
    .action(async (topics: string[], options: ClusterOptions & { yes?: true }) => {
      if (!options.yes) await confirm(context.terminal, `Delete ${topics.join(', ')} with all records?`)
      await withAdmin(context, options, (admin) => admin.deleteTopics(topics))
      for (const topic of topics) await context.terminal.write(`${topic} deleted\n`)
    })
}
