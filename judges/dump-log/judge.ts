// kafka-dump-log of Apache Kafka 3.9.1 reads what our broker has written: segments, indexes, producer snapshots, the coordinators'
// records, also after kill -9 and recovery; it finds nothing wrong.
import assert from 'node:assert/strict'
import { ClientDriver } from '../lib/client-driver.ts'
import { dumpLog, partitionFiles } from '../lib/dump-log.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { compiledJudges } from '../lib/java-classes.ts'
import { pause } from '../lib/poll-until.ts'
import { startTarget } from '../lib/target.ts'

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  // Small segments and dense indexes: many files, many entries.
  const target = await startTarget(kind, { 'log.segment.bytes': '200000', 'log.index.interval.bytes': '1000' })
  const driver = new ClientDriver({
    command: 'java',
    args: ['-Xmx256m', '-cp', await compiledJudges('clients-3.9.1'), 'Client'],
  })
  try {
    await driver.connect(target.bootstrap)
    for (const codec of codecs) {
      await driver.createTopic(codec, 1)
      for (const idempotent of [false, true]) {
        await driver.produce({
          topic: codec,
          prefix: `${codec}${idempotent}`,
          count: 3000,
          valueBytes: 300,
          codec,
          idempotent,
        })
      }
    }
    await driver.createTopic('crashed', 1)
    await driver.producerStart({ topic: 'crashed', prefix: 'p', valueBytes: 500, perSecond: 1000 })
    await driver.memberStart('member', 'group', 'none')
    await pause(2000)
    await driver.memberStop('member')
    await target.crash()
    await target.start()
    await pause(1000)
    const { acknowledged } = await driver.producerStop()
    driver.close()
    await target.stop()

    for (const codec of codecs) {
      await report.check(`segments with ${codec}`, async () => {
        const files = partitionFiles(target.logDir, codec, 'log')
        if (codec === 'none') assert.ok(files.length > 5, `only ${files.length} segments`)
        assert.deepEqual(await dumpLog(files), { recordCount: 6000, complaints: [] })
      })
    }
    await report.check('a segment that was recovered after kill -9', async () => {
      const { recordCount, complaints } = await dumpLog(partitionFiles(target.logDir, 'crashed', 'log'))
      assert.deepEqual(complaints, [])
      assert.ok(recordCount >= acknowledged.length)
    })
    for (const ending of ['index', 'timeindex']) {
      await report.check(`every .${ending} fits its segment`, async () => {
        const files = ['none', 'gzip', 'crashed'].flatMap((topic) => partitionFiles(target.logDir, topic, ending))
        assert.ok(files.length > 5)
        const options = ending === 'index' ? [['--verify-index-only'], []] : [[]]
        for (const more of options) assert.deepEqual((await dumpLog(files, more)).complaints, [])
      })
    }
    await report.check('snapshots of producers', async () => {
      const files = ['none', 'crashed'].flatMap((topic) => partitionFiles(target.logDir, topic, 'snapshot'))
      assert.ok(files.length > 1)
      assert.deepEqual((await dumpLog(files)).complaints, [])
    })
    await report.check('the group coordinator’s records', async () => {
      const files = partitionFiles(target.logDir, '__consumer_offsets', 'log')
      const { recordCount, complaints } = await dumpLog(files, ['--offsets-decoder'])
      assert.deepEqual(complaints, [])
      assert.ok(recordCount > 1, `${recordCount} records`)
    })
  } finally {
    driver.close()
    await target.stop()
    target.remove()
  }
}
