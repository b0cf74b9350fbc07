import assert from 'node:assert/strict'
import { Producer } from '@odradek/client'
import { createNodeEnv } from '@odradek/env-node'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { odradek, output, rows } from './command.ts'
import type { Cluster } from './command.ts'
import { hangTransaction } from './hang-transaction.ts'

const settleMs = 15_000

/** transaction, against brokers that let records of unknown transactions through. */
export async function judgeTransactions(report: Report, cluster: Cluster): Promise<void> {
  await output(cluster, ['topic', 'create', 'paid', '-p', '2'])
  await report.check(`${cluster.name}: transaction list, describe, terminate`, async () => {
    const env = createNodeEnv({ log: { level: 'error' }, isLibrary: true })
    const producer = new Producer(env, { 'bootstrap.servers': cluster.bootstrap, 'transactional.id': 'payments' })
    try {
      await producer.initTransactions()
      producer.beginTransaction()
      await producer.send({ topic: 'paid', partition: 1, value: 'one' })
      const [listed] = await rows(cluster, ['transaction', 'list', '--state', 'Ongoing'])
      assert.deepEqual([listed?.['transactionalId'], listed?.['state']], ['payments', 'Ongoing'])
      const [described] = await rows(cluster, ['transaction', 'describe', 'payments'])
      assert.deepEqual(described?.['partitions'], ['paid:1'])
      assert.equal(await output(cluster, ['transaction', 'terminate', 'payments']), 'payments terminated\n')
      await pollUntil('the transaction is aborted', settleMs, async () => {
        const [{ state } = {}] = await rows(cluster, ['transaction', 'describe', 'payments'])
        // Kafka 3.9 has begun the next epoch by then.
        if (state !== 'CompleteAbort' && state !== 'Empty') throw new Error(`it is ${String(state)}`)
        return true
      })
      await assert.rejects(producer.commitTransaction())
    } finally {
      await producer.close()
    }
    const unknown = await odradek(cluster, ['transaction', 'describe', 'nobody'])
    assert.match(unknown.stderr, /^odradek: nobody: .*\(TRANSACTIONAL_ID_NOT_FOUND\)/)
  })
  await report.check(`${cluster.name}: transaction find-hanging, abort`, async () => {
    const [{ leader } = {}] = await rows(cluster, ['topic', 'describe', 'paid'])
    const broker = (await rows(cluster, ['cluster', 'brokers'])).find(({ id }) => id === leader)
    await hangTransaction(String(broker?.['host']), Number(broker?.['port']), 'paid')
    const find = ['transaction', 'find-hanging', '--open-longer-than', '0ms']
    const [found, ...others] = await rows(cluster, find)
    assert.equal(others.length, 0)
    assert.deepEqual([found?.['topic'], found?.['partition'], found?.['producerId']], ['paid', 0, 4242])
    assert.deepEqual(await rows(cluster, ['transaction', 'find-hanging']), [], 'for 15 minutes nothing hangs')
    const wrong = await odradek(cluster, ['transaction', 'abort', 'paid:0', '--start-offset', '77'])
    assert.match(
      wrong.stderr,
      /no transaction that is open in paid:0 began at offset 77; odradek transaction find-hanging/,
    )
    const abort = ['transaction', 'abort', 'paid:0', '--start-offset', String(found?.['startOffset'])]
    assert.match(await output(cluster, abort), /^paid:0 transaction of producer 4242 aborted/)
    assert.deepEqual(await rows(cluster, find), [])
  })
}
