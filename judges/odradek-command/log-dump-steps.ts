import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { output } from './command.ts'
import type { Cluster } from './command.ts'

const settleMs = 10_000

/** log dump, of the files of brokers that run. */
export async function judgeLogDump(report: Report, cluster: Cluster, logDirs: readonly string[]): Promise<void> {
  const dump = async (file: string, ...args: string[]): Promise<Record<string, unknown>[]> => {
    const text = await output(cluster, ['log', 'dump', file, ...args, '-o', 'jsonl'])
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }
  const directories = (name: RegExp): string[] =>
    logDirs.flatMap((logDir) =>
      readdirSync(logDir)
        .filter((entry) => name.test(entry))
        .map((entry) => path.join(logDir, entry)),
    )
  await report.check(
    `${cluster.name}: log dump of its files: records, commits of groups, indexes, checkpoints`,
    async () => {
      await output(cluster, ['topic', 'create', 'dumped', '-p', '1', '-r', '1'])
      await output(cluster, ['produce', '-t', 'dumped', '-K', ':', '-z', 'lz4'], 'ada:one\ngrace:two\n')
      await output(cluster, ['consume', 'dumped', '-G', 'dumpers', '-c', '2'])
      const [dumped = ''] = directories(/^dumped-0$/)
      assert.deepEqual(
        (await dump(dumped, '-r')).map(({ key, value }) => [key, value]),
        [
          ['ada', 'one'],
          ['grace', 'two'],
        ],
      )
      // A file that is being written may end in the middle of a batch.
      const decoded = await pollUntil('the commit is there', settleMs, async () => {
        const coordinators = directories(/^__(consumer_offsets|transaction_state|share_group_state)-/)
        const records = (await Promise.all(coordinators.map((directory) => dump(directory, '-r')))).flat()
        if (records.some(({ key }) => (key as { group?: string } | null)?.group === 'dumpers')) return records
        throw new Error(`${records.length} records`)
      })
      assert.deepEqual(
        decoded.filter(({ type }) => String(type).startsWith('not known')),
        [],
      )
      for (const directory of directories(/-\d+$/).slice(0, 20)) {
        for (const file of readdirSync(directory)) {
          if (/index$|snapshot$|-checkpoint$|\.metadata$/.test(file)) await dump(path.join(directory, file))
        }
      }
      for (const logDir of logDirs) await dump(path.join(logDir, 'meta.properties'))
    },
  )
}
