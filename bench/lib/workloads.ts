import type { RunningBroker } from './brokers.ts'
import { processorSeconds } from './processor-seconds.ts'
import { dropCaches } from './drop-caches.ts'
import { kbench } from './kbench.ts'
import type { Load } from './plan.ts'
import { none } from './table.ts'
import type { Measure, PerBroker } from './table.ts'

interface ThroughputOptions extends Partial<Load> {
  readonly sizeBytes: number
  readonly partitions: number
  readonly rounds: number
  readonly mebibytes: number
}

const bytesPerGigabyte = 1e9

/** What the rows of a load are named. */
export function titleOf(options: ThroughputOptions | Load): string {
  const { sizeBytes, partitions, codec = 'none', producers = 1, batchBytes = 0, client } = options
  const parts = [`${sizeBytes} B`, `${partitions} partition${partitions === 1 ? '' : 's'}`]
  if (codec !== 'none') parts.push(codec)
  if (producers > 1) parts.push(`${producers} producers`)
  if (batchBytes === 16_384) parts.push('batches of 16 KiB')
  if (client === 'franz-go') parts.push(client)
  return parts.join(', ')
}

/**
 * Produces a topic, consumes it while it is in memory, and again from the disk, on each broker in turn; the rate, and how much processor time
 * the broker's processes took for a gigabyte of values. The order of the brokers changes from round to round.
 */
export async function measureThroughput(
  program: string,
  brokers: readonly RunningBroker[],
  options: ThroughputOptions,
): Promise<Measure[]> {
  const works = ['produce', 'consume', 'cold'] as const
  const rates = { produce: none(), consume: none(), cold: none() }
  const processor = { produce: none(), consume: none(), cold: none() }
  const load = { produce: none(), consume: none(), cold: none() }
  for (let round = 0; round < options.rounds; round++) {
    for (const broker of round % 2 === 0 ? brokers : brokers.toReversed()) {
      const topic = `bench-${performance.timeOrigin}-${performance.now()}`
      for (const work of works) {
        if (work === 'cold' && !dropCaches()) continue
        const before = processorSeconds(broker.processes)
        const result = await kbench(program, broker, {
          ...options,
          topic,
          raw: options.client !== 'franz-go',
          work: work === 'cold' ? 'consume' : work,
        })
        const seconds = processorSeconds(broker.processes) - before
        const gigabytes = ((result.records ?? 0) * options.sizeBytes) / bytesPerGigabyte
        rates[work][broker.name].push(result.mb_per_s ?? 0)
        processor[work][broker.name].push(seconds / gigabytes)
        load[work][broker.name].push((result.client_cpu_s ?? 0) / gigabytes)
      }
      await kbench(program, broker, { ...options, topic, work: 'delete' })
    }
  }
  const title = titleOf(options)
  const names = { produce: 'produce', consume: 'consume', cold: 'consume from cold disk' }
  return works.flatMap((work): Measure[] =>
    rates[work].odradek.length === 0
      ? []
      : [
          { title: `${names[work]}, ${title}`, unit: 'MiB/s', ...rates[work], better: 'more', aim: '1.5×' },
          { title: '… processor time', unit: 's/GB', ...processor[work], better: 'less', aim: '1×' },
          { title: '… of the load generator', unit: 's/GB', ...load[work], better: 'less', aim: '' },
        ],
  )
}

/** From when a record was due until it was consumed, at a steady rate of records of 1 KiB. */
export async function measureLatency(
  program: string,
  brokers: readonly RunningBroker[],
  options: { readonly rounds: number; readonly seconds: number; readonly rate: number; readonly mebibytes: number },
): Promise<Measure[]> {
  const times: Record<'p50_ms' | 'p99_ms' | 'p999_ms', PerBroker> = { p50_ms: none(), p99_ms: none(), p999_ms: none() }
  for (let round = 0; round < options.rounds; round++) {
    for (const broker of round % 2 === 0 ? brokers : brokers.toReversed()) {
      const result = await kbench(program, broker, { ...options, sizeBytes: 1024, partitions: 1, work: 'latency' })
      for (const key of ['p50_ms', 'p99_ms', 'p999_ms'] as const) times[key][broker.name].push(result[key] ?? 0)
    }
  }
  const rate = options.rate.toLocaleString('en')
  return (
    [
      ['p50', 'p50_ms'],
      ['p99', 'p99_ms'],
      ['p99.9', 'p999_ms'],
    ] as const
  ).map(([label, key]) => ({
    title: `latency ${label}, ${rate} records/s of 1 KiB, end to end, acks=all`,
    unit: 'ms',
    ...times[key],
    better: 'less',
    aim: label === 'p99' ? '2×' : '',
  }))
}
