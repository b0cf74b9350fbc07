import assert from 'node:assert/strict'
import path from 'node:path'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { odradek, output, rows } from './command.ts'
import type { Cluster } from './command.ts'

const settleMs = 20_000
const topicSizeBytes = 2_000_000

/** reassign, in a cluster of two brokers. */
export async function judgeReassign(report: Report, cluster: Cluster, folder: string): Promise<void> {
  const plan = path.join(folder, 'plan.json')
  const back = path.join(folder, 'back.json')
  await output(cluster, ['topic', 'create', 'moved', '-p', '4', '-r', '1'])
  await report.check(`${cluster.name}: reassign plan spreads a topic over both brokers, execute moves it`, async () => {
    const planned = await rows(cluster, ['reassign', 'plan', 'moved', '--to', '2', '-f', plan])
    assert.ok(planned.length > 0 && planned.every(({ newReplicas }) => String(newReplicas) === '2'))
    await output(cluster, ['reassign', 'execute', '-f', plan, '--yes', '--wait', '--save-current', back])
    const moved = await rows(cluster, ['reassign', 'verify', '-f', plan])
    assert.ok(moved.every(({ state }) => state === 'done'))
    const described = await rows(cluster, ['topic', 'describe', 'moved'])
    assert.ok(described.every(({ replicas }) => String(replicas) === '2'))
    // Both brokers alike again: two partitions each.
    const even = await rows(cluster, ['reassign', 'plan', 'moved'])
    assert.equal(even.length, 2)
    await output(cluster, ['reassign', 'execute', '-f', back, '--wait'])
  })
  await report.check(`${cluster.name}: reassign with a throttle is under way, is listed and cancelled`, async () => {
    await output(cluster, ['topic', 'create', 'large', '-p', '1', '-r', '1'])
    await output(
      cluster,
      ['produce', '-t', 'large', '-D', ';'],
      `${'x'.repeat(100_000)};`.repeat(topicSizeBytes / 100_000),
    )
    const [{ replicas } = {}] = await rows(cluster, ['topic', 'describe', 'large'])
    const other = String(replicas) === '1' ? '2' : '1'
    await output(cluster, ['reassign', 'plan', 'large', '--to', other, '-f', plan])
    const begun = await rows(cluster, ['reassign', 'execute', '-f', plan, '--throttle', '10K'])
    assert.deepEqual(
      begun.map(({ state }) => state),
      ['under way'],
    )
    const rate = ['config', 'get', 'broker', other, '-k', 'follower.replication.throttled.rate']
    assert.equal((await rows(cluster, rate))[0]?.['value'], '10000')
    assert.equal((await rows(cluster, ['reassign', 'list'])).length, 1)
    assert.equal((await rows(cluster, ['reassign', 'cancel', '-f', plan])).length, 1)
    await pollUntil('nothing is under way', settleMs, async () => {
      const listed = await rows(cluster, ['reassign', 'list'])
      if (listed.length > 0) throw new Error(JSON.stringify(listed))
      return true
    })
    const verified = await odradek(cluster, ['reassign', 'verify', '-f', plan])
    assert.equal(verified.status, 1)
    assert.match(verified.stderr, /1 of 1 partitions are not where the plan wants them/)
    assert.deepEqual(await rows(cluster, ['config', 'get', 'topic', 'large']), [])
    await pollUntil('the throttle is gone', settleMs, async () => {
      const [left] = await rows(cluster, rate)
      if (left?.['value'] === '10000') throw new Error(JSON.stringify(left))
      return true
    })
  })
}
