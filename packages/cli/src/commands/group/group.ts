import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.ts'
import { confirm } from '../../confirm.ts'
import { printRows, withAdmin, withClusterOptions } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { describeLag } from './lag.ts'
import { defineGroupReset } from './reset.ts'

/** `odradek group …` */
export function defineGroup(command: Command, context: CommandContext): void {
  const add = (usage: string, description: string): Command =>
    withClusterOptions(command.command(usage).description(description))
  add('list', 'the groups that there are')
    .alias('ls')
    .option('--state <state...>', 'only groups in these states, such as Stable, Empty')
    .action(async (options: ClusterOptions & { state?: string[] }) => {
      const rows = await withAdmin(context, options, (admin) =>
        admin.listGroups(options.state === undefined ? {} : { states: options.state }),
      )
      const columns = ['group', 'type', 'protocol', 'state']
      await printRows(
        context,
        options,
        rows.map(({ groupId, ...row }) => ({ group: groupId, ...row })),
        columns,
      )
    })
  add('describe <group...>', 'members of groups and what they have been given').action(
    async (groups: string[], options: ClusterOptions) => {
      const rows = await withAdmin(context, options, async (admin) => {
        const described = await admin.describeConsumerGroups(groups)
        return [...described.values()].flatMap((group) =>
          group.members.map((member) => ({
            group: group.groupId,
            state: group.state,
            member: member.memberId,
            instance: member.groupInstanceId,
            client: member.clientId,
            host: member.host,
            partitions: member.assignment.map(({ topic, partition }) => `${topic}:${partition}`),
          })),
        )
      })
      await printRows(context, options, rows, ['group', 'state', 'member', 'instance', 'client', 'host', 'partitions'])
    },
  )
  add('lag <group...>', 'how far groups are behind, by partition').action(
    async (groups: string[], options: ClusterOptions) => {
      const rows = await withAdmin(context, options, (admin) => describeLag(admin, groups))
      await printRows(context, options, rows, ['group', 'topic', 'partition', 'offset', 'end', 'lag', 'member'])
    },
  )
  defineGroupReset(
    add('reset <group>', 'set the offsets of a group without members; only says what it would do, until --yes'),
    context,
  )
  add('delete <group...>', 'delete groups without members, with their offsets')
    .option('-y, --yes', 'do not ask')
    .action(async (groups: string[], options: ClusterOptions & { yes?: true }) => {
      if (!options.yes) await confirm(context.terminal, `Delete ${groups.join(', ')} with their offsets?`)
      await withAdmin(context, options, (admin) => admin.deleteConsumerGroups(groups))
      for (const group of groups) await context.terminal.write(`${group} deleted\n`)
    })
}
