import { Producer, producerKeys } from '@odradek/client'
import type { ProducerConfigInput } from '@odradek/client'
import { propertiesFor } from '../../context/properties-for.ts'
import { isOver, pause, sampleValue } from './bench-run.ts'
import type { BenchRun } from './bench-run.ts'

/** So many records are sent before others have their turn: sockets are written and answers read there. */
const recordsPerTurn = 500

/** Sends records; each counts when it is acknowledged, and took from `send` to then. */
export async function benchProduce(run: BenchRun): Promise<void> {
  const { env, topic, measurement, progress, recordsMax, recordsPerSecondMax: rate } = run
  const producer = new Producer(env, propertiesFor(producerKeys, run.properties) as ProducerConfigInput)
  const value = sampleValue(run)
  const startMs = env.clock.monotonicMs()
  let sent = 0
  let failure: Error | undefined
  try {
    while (sent < recordsMax && failure === undefined && !isOver(run)) {
      const elapsedMs = env.clock.monotonicMs() - startMs
      const due = rate === undefined ? Infinity : Math.ceil((elapsedMs / 1000) * rate) - sent
      let hasRoom = true
      for (let count = Math.min(recordsPerTurn, due, recordsMax - sent); count > 0 && hasRoom; count--) {
        const sentMs = env.clock.monotonicMs()
        sent++
        hasRoom = producer.send({ topic, value }, (error) => {
          if (error !== undefined) {
            failure ??= error
            return
          }
          measurement.records++
          measurement.bytes += value.length
          measurement.latencies.record(env.clock.monotonicMs() - sentMs)
        })
      }
      progress.show(() => `produce  ${measurement.rateText}`)
      if (!hasRoom) await producer.drained()
      else if (due <= 0) await pause(env, 1)
      else await new Promise<void>((resolve) => env.timers.endOfTurn(resolve))
    }
    await producer.flush()
    measurement.finish()
  } finally {
    await producer.close()
  }
  if (failure !== undefined) throw failure
}
