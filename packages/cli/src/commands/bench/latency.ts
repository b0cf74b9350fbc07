import { Consumer, consumerKeys, Producer, producerKeys } from '@odradek/client'
import type { ProducerConfigInput } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import { propertiesFor } from '../../context/properties-for.ts'
import { isOver, sampleValue } from './bench-run.ts'
import type { BenchRun } from './bench-run.ts'

/** The first records find connections and caches cold: they do not count. */
const warmUpRecords = 10

/** Sends one record after the other to partition 0, each when the one before has come back through a consumer. */
export async function benchLatency(run: BenchRun): Promise<void> {
  const { env, topic, measurement, progress } = run
  const producer = new Producer(env, propertiesFor(producerKeys, run.properties) as ProducerConfigInput)
  const consumer = new Consumer(env, { ...propertiesFor(consumerKeys, run.properties), 'enable.auto.commit': false })
  const value = sampleValue(run)
  try {
    const partition = { topic, partition: 0 }
    consumer.assign([partition])
    const ends = await consumer.endOffsets([partition])
    consumer.seek(partition, [...ends.values()][0] ?? 0)
    const records = consumer[Symbol.asyncIterator]()
    let received = records.next()
    for (let count = -warmUpRecords; !isOver(run); count++) {
      const startMs = env.clock.monotonicMs()
      const { offset } = await producer.send({ ...partition, value })
      const { value: record } = await received
      const tookMs = env.clock.monotonicMs() - startMs
      if (record === undefined || (offset >= 0 && record.offset !== offset)) {
        throw new CliError('INVALID_OPTION', `somebody else writes to ${topic}: name another topic, or none`)
      }
      received = records.next()
      if (count < 0) continue
      measurement.records++
      measurement.bytes += value.length
      measurement.latencies.record(tookMs)
      progress.show(() => `latency  ${measurement.records} of ${run.recordsMax} records`)
    }
    measurement.finish()
  } finally {
    await Promise.all([producer.close(), consumer.close()])
  }
}
