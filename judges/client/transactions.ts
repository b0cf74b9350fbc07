import assert from 'node:assert/strict'
import { createProducer } from '@odradek/client/node'
import type { JudgeContext } from '../lib/judge.ts'
import { readWithKcat } from './read-with-kcat.ts'
import type { SeenRecord } from './read-with-kcat.ts'

/** Commit, abort, offsets and fencing, as librdkafka sees them. */
export async function judgeTransactions(
  report: JudgeContext['report'],
  name: string,
  bootstrap: string,
): Promise<void> {
  const topic = 'transactions'
  const config = { 'bootstrap.servers': bootstrap, 'transactional.id': 'judge' }
  const producer = createProducer(config)
  await report.check(`${name}: what is committed is seen, what is aborted is not`, async () => {
    await producer.initTransactions()
    for (const [value, isCommitted] of [
      ['a', true],
      ['b', false],
      ['c', true],
      ['d', false],
      ['e', true],
    ] as const) {
      producer.beginTransaction()
      const sent = producer.send({ topic, value })
      if (isCommitted) await producer.commitTransaction()
      await sent
      if (!isCommitted) await producer.abortTransaction()
    }
    const committed = await readWithKcat(bootstrap, topic)
    assert.deepEqual(payloadsOf(committed), ['a', 'c', 'e'])
    const all = await readWithKcat(bootstrap, topic, 'read_uncommitted')
    assert.deepEqual(payloadsOf(all), ['a', 'b', 'c', 'd', 'e'])
  })
  await report.check(
    `${name}: a function in a transaction commits with offsets, or aborts when it throws`,
    async () => {
      await producer.transaction(async (transaction) => {
        await transaction.sendOffsetsToTransaction([{ topic, partition: 0, offset: 3 }], { groupId: 'judged' })
        void transaction.send({ topic, value: 'f' })
      })
      const failing = producer.transaction(async (transaction) => {
        await transaction.send({ topic, value: 'g' })
        throw new Error('on purpose')
      })
      await assert.rejects(failing, { message: 'on purpose' })
      const committed = await readWithKcat(bootstrap, topic)
      assert.deepEqual(payloadsOf(committed), ['a', 'c', 'e', 'f'])
    },
  )
  await report.check(`${name}: a newer producer fences the older one`, async () => {
    const newer = createProducer(config)
    await newer.initTransactions()
    producer.beginTransaction()
    const sent = assert.rejects(producer.send({ topic, value: 'fenced' }))
    await assert.rejects(producer.commitTransaction(), { name: 'ClientError' })
    await sent
    await assert.rejects(producer.abortTransaction(), { code: 'CLOSE_PRODUCER' })
    await newer.transaction(async (transaction) => void (await transaction.send({ topic, value: 'h' })))
    await newer.close()
    const committed = await readWithKcat(bootstrap, topic)
    assert.deepEqual(payloadsOf(committed), ['a', 'c', 'e', 'f', 'h'])
  })
  await producer.close()
}

/** In alphabetical order: the topic has several partitions, and those have none among them. */
function payloadsOf(records: readonly SeenRecord[]): (string | null)[] {
  return records.map(({ payload }) => payload).sort((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1))
}
