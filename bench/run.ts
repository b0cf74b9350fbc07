// `npm run bench [-- --full --quick --rounds N --only PATTERN --loads PATTERN --write]`: Apache Kafka 3.9.1 with its ZooKeeper, and ours, driven
// in turn with the same work on this machine. Prints a table in Markdown; `--write` puts it into docs/performance.md. `npm run bench -- zookeeper`:
// zookeeper/run.ts.
import os from 'node:os'
import { parseArgs } from 'node:util'
import { pause } from '../judges/lib/poll-until.ts'
import { brokerNames, startBroker } from './lib/brokers.ts'
import type { BrokerName, RunningBroker } from './lib/brokers.ts'
import { buildKbench } from './lib/kbench.ts'
import { measureManyPartitions } from './lib/many-partitions.ts'
import type { ManyPartitions } from './lib/many-partitions.ts'
import { memoryMiB } from './lib/memory.ts'
import { planOf } from './lib/plan.ts'
import { markdownTable, none } from './lib/table.ts'
import type { Measure, PerBroker } from './lib/table.ts'
import { measureLatency, measureThroughput, titleOf } from './lib/workloads.ts'
import { writeTable } from './lib/write-table.ts'

if (process.argv[2] === 'zookeeper') await import('./zookeeper/run.ts')

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
    loads: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
})
const plan = planOf(options.full ? 'full' : options.quick ? 'quick' : 'default', options.rounds)
const only = new RegExp(options.only)
const loads = new RegExp(options.loads)

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`)
}

async function measureStarts(): Promise<Measure[]> {
  const starts = none()
  const idle = none()
  // The first start of each fills caches (compiled code, pages of the disk) and is not counted.
  for (let round = -1; round < plan.starts; round++) {
    for (const name of brokerNames) {
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
  return [
    {
      title: 'process start to first Metadata answer, both servers',
      unit: 'ms',
      ...starts,
      better: 'less',
      aim: 'below 500 ms',
    },
    { title: 'memory idle, both servers', unit: 'MiB', ...idle, better: 'less', aim: 'below 120 MB' },
  ]
}

async function measureLoad(program: string): Promise<Measure[]> {
  const brokers: RunningBroker[] = []
  const measures: Measure[] = []
  try {
    for (const name of brokerNames) brokers.push(await startBroker(name))
    // Both processes have run before they are measured.
    await measureThroughput(program, brokers, { ...plan, sizeBytes: 1024, partitions: 1, rounds: 1, mebibytes: 64 })
    for (const load of plan.loads) {
      if (!loads.test(titleOf(load))) continue
      const measured = await measureThroughput(program, brokers, { ...plan, ...load })
      measures.push(...measured)
      for (const measure of measured) say(line(measure))
    }
    for (const rate of options.loads === '' ? plan.latencyRates : []) {
      const measured = await measureLatency(program, brokers, { ...plan, rate })
      measures.push(...measured)
      for (const measure of measured) say(line(measure))
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

function line({ title, unit, apache, odradek }: Measure): string {
  const show = (values: readonly number[]): string => values.map((value) => Number(value.toPrecision(3))).join(' ')
  return `${title}: apache ${show(apache)}, odradek ${show(odradek)} ${unit}`
}

async function measureMany(program: string): Promise<Measure[]> {
  const partitions = plan.manyPartitions
  const results: Partial<Record<BrokerName, ManyPartitions>> = {}
  for (const name of brokerNames) {
    results[name] = await measureManyPartitions(program, name, partitions)
    say(`${partitions} partitions, ${name}: ${JSON.stringify(results[name])}`)
  }
  const each = (pick: (result: ManyPartitions) => number): PerBroker => {
    const values = none()
    for (const name of brokerNames) values[name].push(pick(results[name] as ManyPartitions))
    return values
  }
  const count = partitions.toLocaleString('en')
  return [
    {
      title: `make ${count} partitions and write into each`,
      unit: 's',
      ...each((result) => result.fillSeconds),
      better: 'less',
      aim: '',
    },
    {
      title: `start with ${count} partitions, from cold disk, until all answer`,
      unit: 's',
      ...each((result) => result.startMs / 1000),
      better: 'less',
      aim: '3×',
    },
    {
      title: 'memory then, both servers',
      unit: 'MiB',
      ...each((result) => result.memoryMiB),
      better: 'less',
      aim: '3×',
    },
  ]
}

const program = await buildKbench()
const measures: Measure[] = []
const parts = [
  ['starts', measureStarts],
  ['load', () => measureLoad(program)],
  ['many-partitions', () => measureMany(program)],
] as const
for (const [name, measure] of parts) if (only.test(name)) measures.push(...(await measure()))
const machine = `${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}`
const table = [
  markdownTable(measures),
  '',
  `${machine}; medians of ${plan.rounds} rounds, in brackets the least and the most; ${plan.mebibytes} MiB a round; client and brokers on one machine.`,
].join('\n')
process.stdout.write(`${table}\n`)
if (options.write) writeTable('bench', table)
process.exit(0)
