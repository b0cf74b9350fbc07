import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.ts'
import { confirm } from '../../confirm.ts'
import { collect, printRows, withAdmin, withClusterOptions } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { defineShareGroupReset } from './reset.ts'

/** `odradek share-group …`: groups whose members share partitions record by record (KIP-932), of brokers from Kafka 4.2 on. */
export function defineShareGroup(command: Command, context: CommandContext): void {
  const add = (usage: string, description: string): Command =>
    withClusterOptions(command.command(usage).description(description))
  add('list', 'the share groups that there are')
    .alias('ls')
    .option('--state <state...>', 'only groups in these states, such as Stable, Empty')
    .action(async (options: ClusterOptions & { state?: string[] }) => {
      const rows = await withAdmin(context, options, (admin) =>
        admin.listGroups({ types: ['Share'], ...(options.state === undefined ? {} : { states: options.state }) }),
      )
      await printRows(
        context,
        options,
        rows.map(({ groupId, state }) => ({ group: groupId, state })),
        ['group', 'state'],
        'There are no share groups.',
      )
    })
  add('describe <group...>', 'members of share groups and what they read').action(
    async (groups: string[], options: ClusterOptions) => {
      const rows = await withAdmin(context, options, async (admin) => {
        const described = await admin.describeShareGroups(groups)
        return [...described.values()].flatMap(({ groupId, state, assignor, members }) =>
          members.map(({ memberId, clientId, host, assignment }) => ({
            group: groupId,
            state,
            assignor,
            member: memberId,
            client: clientId,
            host,
            partitions: assignment.map(({ topic, partition }) => `${topic}:${partition}`),
          })),
        )
      })
      await printRows(
        context,
        options,
        rows,
        ['group', 'state', 'assignor', 'member', 'client', 'host', 'partitions'],
        `${groups.join(', ')}: no members.`,
      )
    },
  )
  add('offsets <group...>', 'where share groups begin in their partitions, and how far they are behind').action(
    async (groups: string[], options: ClusterOptions) => {
      const found = await withAdmin(context, options, (admin) => admin.listShareGroupOffsets(groups))
      const rows = [...found].flatMap(([group, offsets]) =>
        offsets.map(({ topic, partition, startOffset, lag }) => ({
          group,
          topic,
          partition,
          // Below 0: nobody has read it yet.
          start: startOffset < 0 ? null : startOffset,
          lag: lag ?? null,
        })),
      )
      await printRows(
        context,
        options,
        rows,
        ['group', 'topic', 'partition', 'start', 'lag'],
        'The group has no offsets.',
      )
    },
  )
  defineShareGroupReset(
    add('reset <group>', 'set where a share group without members begins; only says what it would do, until --yes'),
    context,
  )
  add('forget <group>', 'forget where a share group without members begins in topics')
    .requiredOption('-t, --topic <topic>', 'the topic, as often as wanted', collect, [])
    .option('-y, --yes', 'do not ask')
    .action(async (group: string, options: ClusterOptions & { topic: string[]; yes?: true }) => {
      const topics = options.topic.join(', ')
      if (!options.yes) await confirm(context.terminal, `Forget the offsets of ${group} in ${topics}?`)
      await withAdmin(context, options, (admin) => admin.deleteShareGroupOffsets(group, options.topic))
      await context.terminal.write(`${group}: offsets in ${topics} forgotten\n`)
    })
  add('delete <group...>', 'delete share groups without members, with their offsets')
    .option('-y, --yes', 'do not ask')
    .action(async (groups: string[], options: ClusterOptions & { yes?: true }) => {
      if (!options.yes) await confirm(context.terminal, `Delete ${groups.join(', ')} with their offsets?`)
      await withAdmin(context, options, (admin) => admin.deleteShareGroups(groups))
      for (const group of groups) await context.terminal.write(`${group} deleted\n`)
    })
}
