import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.ts'
import { defineLogDump } from './dump.ts'

/** `odradek log …`: the files of brokers, without a broker. */
export function defineLog(command: Command, context: CommandContext): void {
  defineLogDump(
    command
      .command('dump <file...>')
      .description('what is in the files of a partition: segments, indexes, snapshots, checkpoints'),
    context,
  )
}
