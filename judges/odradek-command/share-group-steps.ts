import assert from 'node:assert/strict'
import { BrokerConnection } from '@odradek/client'
import { createNodeEnv } from '@odradek/env-node'
import {
  shareGroupHeartbeatRequest,
  shareGroupHeartbeatResponse,
} from '@odradek/kafka-protocol/messages/76-share-group-heartbeat'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { odradek, output, rows } from './command.ts'
import type { Cluster } from './command.ts'

const settleMs = 20_000
const memberId = '3mDlSPeAQQqeYPxZl5CzvA'

/** share-group: Kafka 4.3.1 has them, and 3.9.1 does not. */
export async function judgeShareGroups(report: Report, cluster: Cluster): Promise<void> {
  if (cluster.name !== '4.3.1') {
    await report.check(`${cluster.name}: share groups that there are not are said so`, async () => {
      const { status, stderr, stdout } = await odradek(cluster, ['share-group', 'offsets', 'sharers'])
      assert.deepEqual([status, stdout], [1, ''])
      assert.match(stderr, /^odradek: sharers: .*\((UNSUPPORTED_VERSION|GROUP_ID_NOT_FOUND)\)/)
    })
    return
  }
  await report.check('4.3.1: share-group list, describe, offsets, reset, forget, delete', async () => {
    await output(cluster, ['topic', 'create', 'shared', '-p', '1'])
    await output(cluster, ['produce', '-t', 'shared'], 'a\nb\nc\n')
    // Asking for it has the coordinator made.
    assert.match((await odradek(cluster, ['share-group', 'describe', 'sharers'])).stderr, /GROUP_ID_NOT_FOUND/)
    const [host = '', port = ''] = cluster.bootstrap.split(':')
    const env = createNodeEnv({ log: { level: 'error' }, isLibrary: true })
    const connection = await BrokerConnection.connect(env, { host, port: Number(port), clientId: 'judge' })
    const heartbeat = (memberEpoch: number): Promise<number> =>
      pollUntil('the coordinator answers', settleMs, async () => {
        const answer = await connection.send(shareGroupHeartbeatRequest, shareGroupHeartbeatResponse, 1, {
          groupId: 'sharers',
          memberId,
          memberEpoch,
          subscribedTopicNames: memberEpoch === 0 ? ['shared'] : null,
        })
        if (answer.errorCode !== 0) throw new Error(`${answer.errorCode}: ${answer.errorMessage}`)
        return answer.memberEpoch
      })
    let epoch = await heartbeat(0)
    await pollUntil('the member has its partition', settleMs, async () => {
      epoch = await heartbeat(epoch)
      const described = await rows(cluster, ['share-group', 'describe', 'sharers'])
      if (described.length !== 1 || String(described[0]?.['partitions']) !== 'shared:0') {
        throw new Error(JSON.stringify(described))
      }
      return true
    })
    assert.deepEqual(await rows(cluster, ['share-group', 'list']), [{ group: 'sharers', state: 'Stable' }])
    const refused = await odradek(cluster, ['share-group', 'reset', 'sharers', '-t', 'shared', '--to', '1', '--yes'])
    assert.match(refused.stderr, /\(NON_EMPTY_GROUP\); stop its members first/)
    await heartbeat(-1)
    connection.close()
    const dry = await odradek(cluster, ['share-group', 'reset', 'sharers', '-t', 'shared', '--to', '1'])
    assert.match(dry.stderr, /with --yes it will be/)
    await output(cluster, ['share-group', 'reset', 'sharers', '-t', 'shared', '--to', '1', '--yes'])
    const [offset] = await rows(cluster, ['share-group', 'offsets', 'sharers'])
    assert.deepEqual([offset?.['topic'], offset?.['partition'], offset?.['start']], ['shared', 0, 1])
    await output(cluster, ['share-group', 'forget', 'sharers', '-t', 'shared'])
    assert.deepEqual(await rows(cluster, ['share-group', 'offsets', 'sharers']), [])
    assert.equal(await output(cluster, ['share-group', 'delete', 'sharers']), 'sharers deleted\n')
    assert.deepEqual(await rows(cluster, ['share-group', 'list']), [])
  })
}
