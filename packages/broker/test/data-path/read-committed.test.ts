import assert from 'node:assert/strict'
import { it } from 'node:test'
import { encodeRecordBatch, endTransactionMarker } from '@odradek/kafka-protocol'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { listOffsetsRequest, listOffsetsResponse } from '@odradek/kafka-protocol/messages/02-list-offsets'
import { batchOf, fetchOf, textsIn } from './data-path-requests.ts'
import { DataPathWorld } from './data-path-world.ts'

const transaction = { producerId: 7, producerEpoch: 0 }

it('a reader of committed records stops at the first open transaction, and is told of those that were aborted', async () => {
  const world = await DataPathWorld.start()
  await world.createTopic('words')
  const partition = world.services.replicaManager.partition('words', 0)
  const read = async (isolationLevel: number, maxWaitMs = 0) => {
    const request = { ...fetchOf('words'), isolationLevel, maxWaitMs }
    const { responses } = await world.ask(fetchRequest, fetchResponse, 12, request)
    const found = responses[0]?.partitions[0]
    const aborted = found?.abortedTransactions?.map(({ producerId, firstOffset }) => [producerId, firstOffset])
    return { texts: textsIn(found?.records ?? null), stable: found?.lastStableOffset, aborted }
  }
  const latest = async (isolationLevel: number): Promise<bigint | undefined> => {
    const { topics } = await world.ask(listOffsetsRequest, listOffsetsResponse, 7, {
      replicaId: -1,
      isolationLevel,
      topics: [{ name: 'words', partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
    })
    return topics[0]?.partitions[0]?.offset
  }
  const byClient = { requiredAcks: 1, origin: 'client' } as const
  partition.appendAsLeader(batchOf(['before']), byClient)
  const records = [{ value: Buffer.from('open'), timestampMs: 1000 }]
  partition.appendAsLeader(
    encodeRecordBatch({ records, ...transaction, baseSequence: 0, isTransactional: true }),
    byClient,
  )
  partition.appendAsLeader(batchOf(['behind']), byClient)
  assert.deepEqual(await read(0), { texts: ['before', 'open', 'behind'], stable: 1n, aborted: undefined })
  assert.deepEqual(await read(1), { texts: ['before'], stable: 1n, aborted: [] })
  assert.deepEqual([await latest(0), await latest(1)], [3n, 1n])

  const marker = endTransactionMarker({ outcome: 'abort', ...transaction, coordinatorEpoch: 1, timestampMs: 1000 })
  partition.appendAsLeader(marker, { requiredAcks: 1, origin: 'coordinator' })
  const { texts, stable, aborted } = await read(1)
  assert.deepEqual([texts.slice(0, 3), stable, aborted], [['before', 'open', 'behind'], 4n, [[7n, 1n]]])
  assert.deepEqual([await latest(0), await latest(1)], [4n, 4n])
})
