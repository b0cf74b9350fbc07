import assert from 'node:assert/strict'
import type { Admin, Producer } from '@odradek/client'
import { createProducer } from '@odradek/client/node'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { hangTransaction } from '../odradek-command/hang-transaction.ts'
import type { TwoNodes } from './two-nodes.ts'

const settleMs = 30_000
const place = { topic: 'orders', partition: 0 }

/** Transactions that are open, fenced, terminated, or hang. */
export async function judgeTransactionCalls(report: Report, admin: Admin, nodes: TwoNodes): Promise<void> {
  const open = async (id: string): Promise<Producer> => {
    const producer = createProducer({ 'bootstrap.servers': nodes.bootstrap, 'transactional.id': id })
    await producer.initTransactions()
    producer.beginTransaction()
    await producer.send({ ...place, value: id })
    return producer
  }
  const ended = (id: string): Promise<unknown> =>
    pollUntil(`${id} is aborted`, settleMs, async () => {
      const state = (await admin.describeTransactions([id])).get(id)?.state ?? ''
      // Empty: the id is already with who has fenced.
      return ['CompleteAbort', 'Empty'].includes(state) || undefined
    })
  await report.check('listTransactions, describeTransactions, fenceProducers', async () => {
    const producer = await open('fenced')
    const [listed] = await admin.listTransactions({ states: ['Ongoing'] })
    assert.equal(listed?.transactionalId, 'fenced')
    const described = (await admin.describeTransactions(['fenced'])).get('fenced')
    assert.deepEqual([described?.state, described?.partitions], ['Ongoing', [place]])
    const fenced = (await admin.fenceProducers(['fenced'])).get('fenced')
    assert.ok((fenced?.producerEpoch ?? 0) > (described?.producerEpoch ?? 0))
    await assert.rejects(producer.send({ ...place, value: 'late' }).then(() => producer.commitTransaction()))
    await producer.close({ timeoutMs: 1000 })
    await ended('fenced')
  })
  await report.check('forceTerminateTransaction', async () => {
    const producer = await open('terminated')
    await admin.forceTerminateTransaction('terminated')
    await ended('terminated')
    await producer.close({ timeoutMs: 1000 })
  })
  await report.check('abortTransaction ends one that no coordinator knows', async () => {
    await hangTransaction('127.0.0.1', nodes.secondPort, 'orders')
    const hanging = async () => {
      const [described] = await admin.describeProducers([place])
      return described?.producers.find(({ producerId }) => producerId === 4242)
    }
    const found = await hanging()
    assert.ok(found?.currentTransactionStartOffset !== undefined)
    await admin.abortTransaction({
      ...place,
      producerId: found.producerId,
      producerEpoch: found.producerEpoch,
      coordinatorEpoch: found.coordinatorEpoch,
    })
    await pollUntil('it is ended', settleMs, async () => {
      const left = await hanging()
      return left?.currentTransactionStartOffset === undefined || undefined
    })
  })
}
