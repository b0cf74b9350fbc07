import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.ts'
import { printRows, withAdmin } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { findPartitions } from '../../context/partition-argument.ts'
import { parseOffsetPoint } from '../../records/offset-bounds.ts'

export function defineTopicTrim(command: Command, context: CommandContext): void {
  command
    .requiredOption('--before <offset>', 'an offset, `end` for all records, or a time: s@2026-11-25T10:00:00Z')
    .option('-y, --yes', 'do it; without it, only say what would be done')
    .action(async (given: string[], options: ClusterOptions & { before: string; yes?: true }) => {
      const point = parseOffsetPoint(options.before)
      const rows = await withAdmin(context, options, async (admin) => {
        const partitions = await findPartitions(admin, given)
        const starts = await admin.listOffsets(partitions.map((partition) => ({ ...partition, spec: 'earliest' })))
        const ends = await admin.listOffsets(
          partitions.map((partition) => ({
            ...partition,
            spec: point.kind === 'timestamp' ? { timestampMs: point.timestampMs } : 'latest',
          })),
        )
        const lasts = await admin.listOffsets(partitions.map((partition) => ({ ...partition, spec: 'latest' })))
        const targets = partitions.map((partition, index) => {
          const found = ends[index]?.offset ?? -1
          const beforeOffset = point.kind === 'offset' ? point.offset : found < 0 ? (lasts[index]?.offset ?? 0) : found
          return { ...partition, beforeOffset, start: starts[index]?.offset ?? 0 }
        })
        if (options.yes) {
          const deleted = await admin.deleteRecords(targets)
          return deleted.map(({ lowWatermark, ...partition }) => ({ ...partition, start: lowWatermark, trimmed: true }))
        }
        return targets.map(({ topic, partition, start, beforeOffset }) => ({
          topic,
          partition,
          start,
          newStart: beforeOffset,
          records: beforeOffset > start ? beforeOffset - start : 0,
        }))
      })
      await printRows(context, options, rows)
      if (!options.yes) context.terminal.writeError('Nothing was deleted; with --yes it will be.\n')
    })
}
