import assert from 'node:assert/strict'
import type { Report } from '../lib/report.ts'
import { rows } from './command.ts'
import type { Cluster } from './command.ts'

/** bench: every record that was sent was counted. */
export async function judgeBench(report: Report, cluster: Cluster): Promise<void> {
  await report.check(`${cluster.name}: bench produce, consume, latency`, async () => {
    const measured = await rows(cluster, ['bench', 'all', '-n', '200', '-X', 'linger.ms=1'])
    assert.deepEqual(
      measured.map(({ bench, records }) => [bench, records]),
      [
        ['produce', 200],
        ['consume', 200],
        ['latency', 200],
      ],
    )
    assert.deepEqual(
      (await rows(cluster, ['topic', 'list'])).filter(({ topic }) => String(topic).startsWith('odradek-bench')),
      [],
    )
  })
}
