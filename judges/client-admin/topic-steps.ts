import assert from 'node:assert/strict'
import { createProducer } from '@odradek/client/node'
import type { Admin } from '@odradek/client'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import type { TwoNodes } from './two-nodes.ts'

const settleMs = 30_000
const place = { topic: 'orders', partition: 0 }

/** Topics, records, configuration, replicas and their directories. */
export async function judgeTopicCalls(report: Report, admin: Admin, nodes: TwoNodes): Promise<void> {
  await report.check('createTopics, createPartitions, listTopics, describeTopics, describeTopicsById', async () => {
    await pollUntil('both brokers are there', settleMs, async () => {
      const { brokers } = await admin.describeCluster()
      return brokers.length === 2 || undefined
    })
    await admin.createTopics([{ name: 'orders', replicasAssignments: [[1]] }, { name: 'short-lived' }])
    await admin.createPartitions({ 'short-lived': 3 })
    assert.ok((await admin.listTopics()).some(({ name }) => name === 'orders'))
    const found = await pollUntil('three partitions', settleMs, async () => {
      const topics = await admin.describeTopics(['orders', 'short-lived'])
      return topics.get('short-lived')?.partitions.length === 3 ? topics : undefined
    })
    const id = found.get('orders')?.id ?? ''
    assert.equal((await admin.describeTopicsById([id])).get(id)?.name, 'orders')
  })
  await report.check('listOffsets, deleteRecords, describeProducers', async () => {
    const producer = createProducer({ 'bootstrap.servers': nodes.bootstrap })
    await producer.sendBatch(['a', 'b', 'c'].map((value) => ({ ...place, value })))
    await producer.close()
    assert.equal((await admin.listOffsets([{ ...place, spec: 'latest' }]))[0]?.offset, 3)
    const [described] = await admin.describeProducers([place])
    assert.equal(described?.producers.length, 1)
    assert.equal((await admin.deleteRecords([{ ...place, beforeOffset: 2 }]))[0]?.lowWatermark, 2)
    assert.equal((await admin.listOffsets([{ ...place, spec: 'earliest' }]))[0]?.offset, 2)
  })
  await report.check('incrementalAlterConfigs, describeConfigs, listConfigResources, client metrics', async () => {
    const set = (name: string, value: string) => ({ name, operation: 'SET' as const, value })
    await admin.incrementalAlterConfigs([
      { type: 'TOPIC', name: 'orders', operations: [set('retention.ms', '123456')] },
      { type: 'CLIENT_METRICS', name: 'some', operations: [set('interval.ms', '60000')] },
    ])
    await pollUntil('the value is there', settleMs, async () => {
      const [topic] = await admin.describeConfigs([{ type: 'TOPIC', name: 'orders' }])
      return topic?.entries.find(({ name }) => name === 'retention.ms')?.value === '123456' || undefined
    })
    assert.ok((await admin.listConfigResources(['CLIENT_METRICS'])).some(({ name }) => name === 'some'))
    assert.deepEqual(
      (await admin.listClientMetricsResources()).map(({ name }) => name),
      ['some'],
    )
  })
  await report.check(
    'describeLogDirs, alterReplicaLogDirs, describeReplicaLogDirs: a replica changes its disk',
    async () => {
      const replica = { ...place, brokerId: 1 }
      const dirs = (await admin.describeLogDirs([1, 2])).get(2)
      assert.deepEqual(dirs?.map(({ path }) => path).toSorted(), nodes.logDirs.get(2))
      const [before] = await admin.describeReplicaLogDirs([replica])
      const other = nodes.logDirs.get(1)?.find((path) => path !== before?.currentPath) ?? ''
      await admin.alterReplicaLogDirs([{ ...replica, path: other }])
      await pollUntil('the replica is there', settleMs, async () => {
        const [now] = await admin.describeReplicaLogDirs([replica])
        return (now?.currentPath === other && now.futurePath === undefined) || undefined
      })
    },
  )
  await report.check(
    'alterPartitionReassignments, listPartitionReassignments, electLeaders: a replica changes its broker',
    async () => {
      await admin.alterPartitionReassignments([{ ...place, replicas: [2, 1] }])
      await pollUntil('nothing is under way', settleMs, async () => {
        const under = await admin.listPartitionReassignments()
        const topic = (await admin.describeTopics(['orders'])).get('orders')
        return (under.length === 0 && topic?.partitions[0]?.inSyncReplicaIds.length === 2) || undefined
      })
      assert.deepEqual(await admin.electLeaders('preferred', [place]), [place])
      await pollUntil('broker 2 leads', settleMs, async () => {
        const topic = (await admin.describeTopics(['orders'])).get('orders')
        return topic?.partitions[0]?.leaderId === 2 || undefined
      })
      assert.equal((await admin.listOffsets([{ ...place, spec: 'latest' }]))[0]?.offset, 3)
    },
  )
  await report.check('deleteTopics', async () => {
    await admin.deleteTopics(['short-lived'])
    await pollUntil('it is gone', settleMs, async () => {
      const topics = await admin.listTopics()
      return topics.every(({ name }) => name !== 'short-lived') || undefined
    })
  })
}
