import type { Command } from 'commander'
import type { Admin } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import type { CommandContext } from '../../command-context.ts'
import { collect, printRows, withAdmin } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { findPartitions } from '../../context/partition-argument.ts'
import { parseOffsetPoint } from '../../records/offset-bounds.ts'
import { findSpans } from '../consume/find-spans.ts'

interface ResetOptions extends ClusterOptions {
  readonly topic: readonly string[]
  readonly to: string
  readonly dryRun?: true
  readonly yes?: true
}

/** `odradek share-group reset`: first what it would do, with `--yes` it is done. */
export function defineShareGroupReset(command: Command, context: CommandContext): void {
  command
    .option(
      '-t, --topic <topic>',
      'topic or topic:0,3-5, as often as wanted; default: all that the group has offsets in',
      collect,
      [],
    )
    .requiredOption(
      '--to <place>',
      'beginning, end, an offset, -N for N before the end, or a time: s@2026-11-25T10:00:00Z',
    )
    .option('--dry-run', 'only say what would be done, which is also what happens without --yes')
    .option('-y, --yes', 'do it')
    .action(async (group: string, options: ResetOptions) => {
      const isDone = options.yes === true && options.dryRun !== true
      const rows = await withAdmin(context, options, async (admin) => {
        const plan = await planReset(admin, group, options)
        if (isDone) {
          await admin.alterShareGroupOffsets(
            group,
            plan.map(({ topic, partition, newStart }) => ({ topic, partition, startOffset: newStart })),
          )
        }
        return plan
      })
      await printRows(context, options, rows, ['topic', 'partition', 'start', 'newStart'])
      if (!isDone) context.terminal.writeError('Nothing was changed; with --yes it will be.\n')
    })
}

async function planReset(admin: Admin, group: string, options: ResetOptions) {
  const point = parseOffsetPoint(options.to)
  const offsets = (await admin.listShareGroupOffsets([group])).get(group) ?? []
  const partitions = options.topic.length > 0 ? await findPartitions(admin, options.topic) : offsets
  if (partitions.length === 0) {
    throw new CliError('INVALID_OPTION', `share group ${group} has no offsets yet: name topics with -t`)
  }
  const spans = await findSpans(admin, partitions, { start: point, stop: { kind: 'end' } })
  return spans.map(({ topic, partition, start, stop = start }) => {
    const before = offsets.find((one) => one.topic === topic && one.partition === partition)?.startOffset
    return {
      topic,
      partition,
      start: before === undefined || before < 0 ? null : before,
      newStart: start > stop ? stop : start,
    }
  })
}
