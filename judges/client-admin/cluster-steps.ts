import assert from 'node:assert/strict'
import type { Admin } from '@odradek/client'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import type { TwoNodes } from './two-nodes.ts'

const settleMs = 60_000

/** The cluster, its features, its quorum, the client's own metrics; in the end the second node is no more. */
export async function judgeClusterCalls(report: Report, admin: Admin, nodes: TwoNodes): Promise<void> {
  await report.check(
    'metrics, registerMetricForSubscription, unregisterMetricFromSubscription, clientInstanceId',
    async () => {
      const own = { name: 'orders-open', group: 'application', value: () => 7 }
      admin.registerMetricForSubscription(own)
      assert.ok(admin.metrics().some(({ name }) => name === 'orders-open'))
      assert.ok(admin.metrics().some(({ name }) => name === 'connection-count'))
      admin.unregisterMetricFromSubscription(own)
      assert.ok(admin.metrics().every(({ name }) => name !== 'orders-open'))
      assert.match(await admin.clientInstanceId({ timeoutMs: settleMs }), /^[\w-]{22}$/)
    },
  )
  await report.check('describeCluster, describeFeatures, updateFeatures', async () => {
    const cluster = await admin.describeCluster({ includeAuthorizedOperations: true })
    assert.deepEqual(
      cluster.brokers.map(({ id }) => id),
      [1, 2],
    )
    assert.ok(cluster.authorizedOperations?.includes('ALTER'))
    const before = (await admin.describeFeatures()).finalized.get('transaction.version')
    assert.ok((before?.maxVersion ?? 0) >= 2)
    await admin.updateFeatures({ 'transaction.version': { maxVersionLevel: 1, upgradeType: 'safeDowngrade' } })
    await pollUntil('the level is lower', settleMs, async () => {
      return (await admin.describeFeatures()).finalized.get('transaction.version')?.maxVersion === 1 || undefined
    })
    await admin.updateFeatures({ 'transaction.version': { maxVersionLevel: 2 } })
  })
  await report.check('describeMetadataQuorum, addRaftVoter, removeRaftVoter (KIP-853)', async () => {
    const observer = await pollUntil('the second node follows', settleMs, async () => {
      const { observers } = await admin.describeMetadataQuorum()
      return observers.find(({ replicaId }) => replicaId === 2)
    })
    const voter = { voterId: 2, voterDirectoryId: observer.directoryId }
    await admin.addRaftVoter(voter, [{ name: 'CONTROLLER', ...nodes.secondController }])
    const voters = async (count: number): Promise<true | undefined> => {
      const quorum = await admin.describeMetadataQuorum()
      return quorum.voters.length === count || undefined
    }
    await pollUntil('two voters', settleMs, () => voters(2))
    await assert.rejects(admin.addRaftVoter(voter, [{ name: 'CONTROLLER', ...nodes.secondController }]), {
      code: 'DUPLICATE_VOTER',
    })
    await admin.removeRaftVoter(voter)
    await pollUntil('one voter', settleMs, () => voters(1))
  })
  await report.check('unregisterBroker: a node that has gone is forgotten', async () => {
    await admin.alterPartitionReassignments([{ topic: 'orders', partition: 0, replicas: [1] }])
    await pollUntil('its partition has left it', settleMs, async () => {
      const topic = (await admin.describeTopics(['orders'])).get('orders')
      return topic?.partitions[0]?.replicaIds.length === 1 || undefined
    })
    await nodes.stopSecond()
    await pollUntil('it is gone', settleMs, async () => {
      const { brokers } = await admin.describeCluster()
      return brokers.length === 1 || undefined
    })
    await admin.unregisterBroker(2)
    await assert.rejects(admin.unregisterBroker(2), { code: 'BROKER_ID_NOT_REGISTERED' })
  })
}
