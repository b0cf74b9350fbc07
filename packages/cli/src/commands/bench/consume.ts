import { Consumer, consumerKeys } from '@odradek/client'
import { propertiesFor } from '../../context/properties-for.ts'
import { isOver } from './bench-run.ts'
import type { BenchRun } from './bench-run.ts'

/** Nothing for so long: all of the topic has been read. */
const silenceMs = 3000

/** Reads a topic from its beginning. */
export async function benchConsume(run: BenchRun): Promise<void> {
  const { env, topic, measurement, progress } = run
  const properties = { ...propertiesFor(consumerKeys, run.properties), 'enable.auto.commit': false }
  const consumer = new Consumer(env, properties)
  try {
    const { partitions } = await consumer.partitionsFor(topic)
    const assigned = [...partitions.keys()].map((partition) => ({ topic, partition }))
    consumer.assign(assigned)
    await consumer.seekToBeginning()
    const batches = consumer.batches()
    while (!isOver(run)) {
      const next = batches.next()
      let timer: ReturnType<typeof env.timers.after> | undefined
      const silence = new Promise<undefined>((resolve) => {
        timer = env.timers.after(silenceMs, () => resolve(undefined))
      })
      const found = await Promise.race([next, silence])
      timer?.cancel()
      if (found === undefined || found.done) break
      for (const { key, value } of found.value.records) {
        measurement.records++
        measurement.bytes += (key?.length ?? 0) + (value?.length ?? 0)
      }
      progress.show(() => `consume  ${measurement.rateText}`)
    }
    measurement.finish()
    // The last batch is done with: closing would wait for who has it.
    await batches.return(undefined)
  } finally {
    await consumer.close()
  }
}
