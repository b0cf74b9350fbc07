// `npm run bench [-- --quick --rounds N --write]`: Apache Kafka 3.9.1 with its ZooKeeper, and ours, driven in turn with the same work on
// this machine. Prints a table in Markdown; `--write` puts it into docs/performance.md. `npm run bench -- zookeeper`: zookeeper/run.ts.
import os from 'node:os'
import { parseArgs } from 'node:util'
import { pause } from '../judges/lib/poll-until.ts'
import { startBroker } from './lib/brokers.ts'
import type { BrokerName, RunningBroker } from './lib/brokers.ts'
import { buildKbench, kbench } from './lib/kbench.ts'
import type { KbenchResult } from './lib/kbench.ts'
import { memoryMiB } from './lib/memory.ts'
import { markdownTable } from './lib/table.ts'
import type { Measure } from './lib/table.ts'
import { writeTable } from './lib/write-table.ts'

if (process.argv[2] === 'zookeeper') await import('./zookeeper/run.ts')

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
})
const plan = options.quick
  ? { rounds: 1, mebibytes: 64, seconds: 5, starts: 1, idleMs: 3000 }
  : { rounds: Number(options.rounds), mebibytes: 256, seconds: 20, starts: 3, idleMs: 10_000 }
const names: readonly BrokerName[] = ['apache', 'odradek']

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`)
}

type PerBroker = Record<BrokerName, number[]>
const none = (): PerBroker => ({ apache: [], odradek: [] })

async function measureStarts(): Promise<{ starts: PerBroker; idle: PerBroker }> {
  const starts = none()
  const idle = none()
  // The first start of each fills caches (compiled code, pages of the disk) and is not counted.
  for (let round = -1; round < plan.starts; round++) {
    for (const name of names) {
      const broker = await startBroker(name)
      say(`start of ${name}: ${broker.startMs.toFixed(0)} ms${round < 0 ? ' (not counted)' : ''}`)
      if (round >= 0) starts[name].push(broker.startMs)
      if (round === plan.starts - 1) {
        await pause(plan.idleMs)
        idle[name].push(memoryMiB(broker.processes).now)
      }
      await broker.stop()
    }
  }
  return { starts, idle }
}

function collect(
  results: readonly KbenchResult[],
  work: string,
  pick: (result: KbenchResult) => number | undefined,
): PerBroker {
  const collected = none()
  for (const result of results) {
    const value = pick(result)
    if (result.work === work && value !== undefined) collected[result.broker].push(value)
  }
  return collected
}

async function measureLoad(program: string): Promise<Measure[]> {
  const brokers: RunningBroker[] = []
  const measures: Measure[] = []
  try {
    for (const name of names) brokers.push(await startBroker(name))
    const bootstraps = Object.fromEntries(brokers.map(({ name, bootstrap }) => [name, bootstrap])) as Record<
      BrokerName,
      string
    >
    const common = { bootstraps, ...plan }
    // Both processes have run before they are measured.
    await kbench(program, {
      ...common,
      work: 'produce,consume',
      sizeBytes: 1024,
      partitions: 1,
      mebibytes: 64,
      rounds: 1,
    })
    for (const partitions of [1, 12]) {
      for (const sizeBytes of [100, 1024, 16_384]) {
        const results = await kbench(program, { ...common, work: 'produce,consume', sizeBytes, partitions })
        for (const work of ['produce', 'consume']) {
          const title = `${work}, ${sizeBytes} B, ${partitions} partition${partitions === 1 ? '' : 's'}, acks=all`
          const rates = collect(results, work, ({ mb_per_s: rate }) => rate)
          measures.push({ title, unit: 'MiB/s', ...rates, better: 'more', aim: '1.5×' })
          say(
            `${title}: apache ${rates.apache.map(Math.round).join(' ')}, odradek ${rates.odradek.map(Math.round).join(' ')} MiB/s`,
          )
        }
      }
    }
    const results = await kbench(program, { ...common, work: 'latency', sizeBytes: 1024, partitions: 1 })
    for (const [label, key] of [
      ['p50', 'p50_ms'],
      ['p99', 'p99_ms'],
      ['p99.9', 'p999_ms'],
    ] as const) {
      const times = collect(results, 'latency', (result) => result[key])
      const title = `latency ${label}, 1,000 records/s of 1 KiB, end to end, acks=all`
      measures.push({ title, unit: 'ms', ...times, better: 'less', aim: label === 'p99' ? '2×' : '' })
    }
    const peaks = none()
    for (const { name, processes } of brokers) peaks[name].push(memoryMiB(processes).peak)
    measures.push({
      title: 'memory, the most under all of this',
      unit: 'MiB',
      ...peaks,
      better: 'less',
      aim: 'below 400 MB',
    })
  } finally {
    for (const broker of brokers) await broker.stop()
  }
  return measures
}

const program = await buildKbench()
const { starts, idle } = await measureStarts()
const load = await measureLoad(program)
const machine = `${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}`
const table = [
  markdownTable([
    {
      title: 'process start to first Metadata answer, both servers',
      unit: 'ms',
      ...starts,
      better: 'less',
      aim: 'below 500 ms',
    },
    { title: 'memory idle, both servers', unit: 'MiB', ...idle, better: 'less', aim: 'below 120 MB' },
    ...load,
  ]),
  '',
  `${machine}; medians of ${plan.rounds} rounds, in brackets the least and the most; ${plan.mebibytes} MiB a round; client and brokers on one machine.`,
].join('\n')
process.stdout.write(`${table}\n`)
if (options.write) writeTable('bench', table)
process.exit(0)
