// Our producer with Apache Kafka 3.9.1, Apache Kafka 4.3.1 and our own broker: what it writes is read by librdkafka (kcat).
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { partitionForKey } from '@odradek/client'
import { createProducer } from '@odradek/client/node'
import { startKraftTarget } from '../lib/apache-kraft.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { debianPackage } from '../lib/debian-package.ts'
import { compiledJudges } from '../lib/java-classes.ts'
import { mustRun } from '../lib/run-command.ts'
import { startTarget } from '../lib/target.ts'
import { survivesFaults } from './faults.ts'
import { readWithKcat } from './read-with-kcat.ts'
import { judgeSecurity } from './security.ts'
import { judgeTransactions } from './transactions.ts'

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const megabyte = 'm'.repeat(1_000_000)

export async function judge(context: JudgeContext): Promise<void> {
  const { report } = context
  await debianPackage('kcat', 'kcat')
  await report.check('10,000 keys have the partition that Java gives them', async () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => randomBytes(index % 100))
    const libraries = await compiledJudges('clients-4.3.1')
    const input = keys.map((key) => key.toString('hex')).join('\n')
    const stdout = await mustRun('java', ['-cp', libraries, 'KeyPartitions', '37'], { input })
    const java = stdout.trim().split('\n').map(Number)
    assert.deepEqual(
      keys.map((key) => partitionForKey(key, 37)),
      java,
    )
  })
  for (const [name, kind] of [
    ['ours', 'odradek'],
    ['Apache Kafka 3.9.1', 'apache'],
  ] as const) {
    const target = await startTarget(kind, { 'num.partitions': '3', 'message.max.bytes': '2000000' })
    try {
      await judgeCodecs(report, name, target.bootstrap)
      if (kind === 'apache') await judgeTransactions(report, name, target.bootstrap)
      await report.check(
        `${name}: killed, held and restarted under load, nothing is lost, doubled or out of order`,
        async () => {
          report.note(`${await survivesFaults(target)} records`)
        },
      )
    } finally {
      await target.stop()
      target.remove()
    }
  }
  const kraft = await startKraftTarget({ 'message.max.bytes': '2000000' })
  try {
    await judgeCodecs(report, 'Apache Kafka 4.3.1', kraft.bootstrap)
    await judgeTransactions(report, 'Apache Kafka 4.3.1', kraft.bootstrap)
  } finally {
    await kraft.stop()
    kraft.remove()
  }
  await judgeSecurity(context)
}

async function judgeCodecs(report: JudgeContext['report'], name: string, bootstrap: string): Promise<void> {
  for (const codec of codecs) {
    await report.check(
      `${name}: ${codec}: 1,000 records, nulls, headers and 1 MB are read as they were sent`,
      async () => {
        const topic = `codec-${codec}`
        const config = { 'bootstrap.servers': bootstrap, 'compression.type': codec, 'max.request.size': 1_500_000 }
        const producer = createProducer(config)
        const values = Array.from({ length: 1000 }, (_, index) => `value ${index} ${'x'.repeat(index % 200)}`)
        await producer.sendBatch(values.map((value, index) => ({ topic, partition: 0, key: `k${index}`, value })))
        await producer.send({ topic, partition: 0, key: null, value: null, headers: { trace: '1', empty: '' } })
        await producer.send({ topic, partition: 0, key: '', value: megabyte })
        await producer.close()
        const records = await readWithKcat(bootstrap, topic)
        assert.deepEqual(
          records.map(({ payload }) => payload),
          [...values, null, megabyte],
        )
        assert.deepEqual(
          records.slice(0, 1000).map(({ key }) => key),
          values.map((_, index) => `k${index}`),
        )
        assert.deepEqual(records[1000]?.headers, ['trace', '1', 'empty', ''])
      },
    )
  }
}
