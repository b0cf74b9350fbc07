import type { Command } from 'commander'
import type { Admin, OffsetSpec, PartitionRef } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import type { CommandContext } from '../../command-context.ts'
import { collect, printRows, withAdmin } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { findPartitions } from '../../context/partition-argument.ts'
import { parseOffsetPoint } from '../../records/offset-bounds.ts'
import type { OffsetPoint } from '../../records/offset-bounds.ts'

interface ResetOptions extends ClusterOptions {
  readonly topic: readonly string[]
  readonly to?: string
  readonly shift?: string
  readonly yes?: true
  readonly dryRun?: true
}

/** `odradek group reset`: first what it would do, with `--yes` it is done. */
export function defineGroupReset(command: Command, context: CommandContext): void {
  command
    .option(
      '-t, --topic <topic>',
      'topic or topic:0,3-5, as often as wanted; default: all that the group has offsets in',
      collect,
      [],
    )
    .option('--to <place>', 'beginning, end, an offset, -N for N before the end, or a time: s@2026-11-25T10:00:00Z')
    .option('--shift <number>', 'so many records forward, or back when it is below 0')
    .option('--dry-run', 'only say what would be done, which is also what happens without --yes')
    .option('-y, --yes', 'do it')
    .action(async (group: string, options: ResetOptions) => {
      const isDone = options.yes === true && options.dryRun !== true
      const rows = await withAdmin(context, options, async (admin) => {
        const plan = await planReset(admin, group, options)
        if (isDone)
          await admin.alterConsumerGroupOffsets(
            group,
            plan.map(({ topic, partition, newOffset }) => ({ topic, partition, offset: newOffset })),
          )
        return plan
      })
      await printRows(context, options, rows, ['topic', 'partition', 'offset', 'newOffset'])
      if (!isDone) context.terminal.writeError('Nothing was changed; with --yes it will be.\n')
    })
}

type PlannedOffset = {
  readonly topic: string
  readonly partition: number
  readonly offset: number | null
  readonly newOffset: number
}

/** Where each partition would go: never before its first record or behind its last. */
async function planReset(admin: Admin, group: string, options: ResetOptions): Promise<PlannedOffset[]> {
  if ((options.to === undefined) === (options.shift === undefined)) {
    throw new CliError('INVALID_OPTION', 'say where to: either --to or --shift')
  }
  const committed = (await admin.listConsumerGroupOffsets({ [group]: null })).get(group) ?? []
  const partitions = options.topic.length > 0 ? await findPartitions(admin, options.topic) : committed
  if (partitions.length === 0) {
    throw new CliError('INVALID_OPTION', `group ${group} has no offsets yet: name topics with -t`)
  }
  const places = await Promise.all((['earliest', 'latest'] as const).map((spec) => listAt(admin, partitions, spec)))
  const [first = [], last = []] = places
  const point = options.to === undefined ? undefined : parseOffsetPoint(options.to)
  const found = point?.kind === 'timestamp' ? await listAt(admin, partitions, { timestampMs: point.timestampMs }) : []
  return partitions.map(({ topic, partition }, index) => {
    const [start, end] = [first[index] ?? 0, last[index] ?? 0]
    const before = committed.find((offset) => offset.topic === topic && offset.partition === partition)?.offset
    const wanted =
      point === undefined
        ? shifted(before, options.shift ?? '', topic, partition)
        : placeOf(point, start, end, found[index])
    const newOffset = wanted < start ? start : wanted > end ? end : wanted
    return { topic, partition, offset: before ?? null, newOffset }
  })
}

async function listAt(admin: Admin, partitions: readonly PartitionRef[], spec: OffsetSpec): Promise<number[]> {
  const listed = await admin.listOffsets(partitions.map(({ topic, partition }) => ({ topic, partition, spec })))
  return listed.map(({ offset }) => offset)
}

function shifted(before: number | undefined, shift: string, topic: string, partition: number): number {
  if (!/^-?\d{1,18}$/.test(shift)) throw new CliError('INVALID_OPTION', `--shift takes a whole number, not "${shift}"`)
  if (before === undefined) {
    throw new CliError('INVALID_OPTION', `the group has no offset in ${topic}:${partition} to shift; use --to`)
  }
  return before + Number(shift)
}

function placeOf(point: OffsetPoint, start: number, end: number, found: number | undefined): number {
  switch (point.kind) {
    case 'beginning':
      return start
    case 'end':
      return end
    case 'offset':
      return point.offset
    case 'beforeEnd':
      return end - point.count
    case 'timestamp':
      return found === undefined || found < 0 ? end : found
    case 'stored':
      throw new CliError('INVALID_OPTION', '--to stored is where the group is already')
  }
}
