// `npm run bench:client [-- --quick --target odradek --rounds N --only PATTERN --write]`: our client and others', each in a process of its own, in turn with the same
// work on one cluster. Prints a table in Markdown; `--write` puts it into docs/performance.md.
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { createAdmin } from '@odradek/client'
import { createProducer } from '@odradek/client/node'
import { createNodeEnv } from '@odradek/env-node'
import { root } from '../../judges/lib/folders.ts'
import { mustRun } from '../../judges/lib/run-command.ts'
import { startTarget } from '../../judges/lib/target.ts'
import { buildKbench, kbench } from '../lib/kbench.ts'
import { median } from '../lib/table.ts'
import { writeTable } from '../lib/write-table.ts'
import { installLibraries } from './install.ts'
import { clientPlan } from './plan.ts'
import type { Row } from './plan.ts'

const libraries = ['odradek', 'kafkajs', 'platformatic', 'confluent'] as const
type Library = (typeof libraries)[number]

/** What worker.mjs prints. */
interface Measures {
  readonly perSecond: number
  readonly cpuMicroseconds: number
  readonly loopP99Ms: number
  readonly peakMiB: number
  readonly idleMiB?: number
}

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    target: { type: 'string', default: 'apache' },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
})
const plan = clientPlan(options.quick, options.rounds)
const kind = options.target === 'odradek' ? 'odradek' : 'apache'
const only = new RegExp(options.only)

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`)
}

const folder = await installLibraries()
const program = await buildKbench()
const target = await startTarget(kind, { 'num.partitions': '1', 'log.segment.bytes': '268435456' })
const { bootstrap } = target
const env = createNodeEnv({ log: { level: 'error' } })
const admin = createAdmin(env, { 'bootstrap.servers': bootstrap })
let topicCount = 0

async function newTopic(): Promise<string> {
  const topic = `bench-${topicCount++}`
  await admin.createTopics([{ name: topic, partitions: 1, replicationFactor: 1 }])
  return topic
}

async function work(library: Library, job: Readonly<Record<string, unknown>>): Promise<Measures> {
  const args = [path.join(root, 'bench', 'client', 'worker.mjs'), JSON.stringify({ library, bootstrap, ...job })]
  const node = ['--conditions=source', '--disable-warning=ExperimentalWarning']
  const output = await mustRun(process.execPath, [...node, ...args], { cwd: folder, timeoutMs: 180_000 })
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Measures
}

/** Records a second of franz-go at the same work. */
async function franz(row: Row, topic: string): Promise<number> {
  const works = { one: 'one', batch: 'batch', stream: 'produce', consume: 'consume' } as const
  const result = await kbench(
    program,
    { name: 'apache', bootstrap },
    {
      work: works[row.work],
      acks: row.acks,
      sizeBytes: row.sizeBytes,
      partitions: 1,
      codec: row.codec,
      mebibytes: plan.mebibytes * 2,
      seconds: Math.ceil(plan.seconds),
      ...(row.work === 'consume' ? { topic, mebibytes: plan.mebibytes } : {}),
    },
  )
  return result.records_per_s ?? Number.NaN
}

/** A topic with what is to be consumed; the same for all. */
const filled = new Map<string, Promise<string>>()
function filledTopic({ sizeBytes, codec }: Row, count: number): Promise<string> {
  const key = `${sizeBytes} ${codec}`
  let topic = filled.get(key)
  if (topic === undefined) filled.set(key, (topic = fill(sizeBytes, codec, count)))
  return topic
}

async function fill(sizeBytes: number, codec: Row['codec'], count: number): Promise<string> {
  const topic = await newTopic()
  const producer = createProducer({ 'bootstrap.servers': bootstrap, 'compression.type': codec, 'batch.size': 100_000 })
  const letters = Array.from({ length: 64 }, (_, index) =>
    Buffer.from(Array.from({ length: sizeBytes }, (_unused, at) => 97 + ((at * 7 + at * at * index) % 26))),
  )
  for (let sent = 0; sent < count; sent += 1000) {
    const records = Array.from({ length: Math.min(1000, count - sent) }, (_, at) => ({
      topic,
      value: letters[at % 64] as Buffer,
    }))
    await producer.sendBatch(records)
  }
  await producer.close()
  return topic
}

interface Result {
  readonly row: Row
  readonly rates: Readonly<Record<Library | 'franz', readonly number[]>>
  readonly measures: Readonly<Record<Library, readonly Measures[]>>
}

function titleOf({ work: kindOfWork, acks, sizeBytes, codec }: Row): string {
  const what = { one: 'one awaited record', batch: 'awaited batches of 100', stream: 'a stream', consume: 'consume' }[
    kindOfWork
  ]
  const how = kindOfWork === 'consume' ? '' : `, acks=${acks}`
  return `${what}${how}, ${sizeBytes} B${codec === 'none' ? '' : `, ${codec}`}`
}

const countOf = ({ sizeBytes }: Row): number => Math.floor((plan.mebibytes * 2 ** 20) / sizeBytes)

async function workOnce(row: Row, library: Library): Promise<Measures> {
  const count = countOf(row)
  const topic = row.work === 'consume' ? await filledTopic(row, count) : await newTopic()
  try {
    return await work(library, { ...row, topic, count, seconds: plan.seconds })
  } finally {
    if (row.work !== 'consume') await admin.deleteTopics([topic])
  }
}

/** Each library at each kind of work once, uncounted: who comes first would else meet a broker, and a cache of compiled code, that are cold. */
async function warmUp(rows: readonly Row[]): Promise<void> {
  const firstOfKind = new Map(rows.toReversed().map((row) => [row.work, row]))
  for (const row of firstOfKind.values()) {
    for (const library of libraries) await workOnce(row, library).catch(() => undefined)
  }
}

async function measure(row: Row, index: number): Promise<Result> {
  const rates: Record<Library | 'franz', number[]> = {
    odradek: [],
    kafkajs: [],
    platformatic: [],
    confluent: [],
    franz: [],
  }
  const measures: Record<Library, Measures[]> = { odradek: [], kafkajs: [], platformatic: [], confluent: [] }
  for (let round = 0; round < plan.rounds; round++) {
    // Another one goes first each time.
    const order = libraries.map((_, at) => libraries[(at + index + round) % libraries.length] as Library)
    for (const library of order) {
      try {
        const found = await workOnce(row, library)
        measures[library].push(found)
        rates[library].push(found.perSecond)
      } catch (error) {
        say(`${library} could not do ${titleOf(row)}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    const topic = row.work === 'consume' ? await filledTopic(row, countOf(row)) : ''
    rates.franz.push(await franz(row, topic))
  }
  const cpu = (name: Library): string => measures[name].map((found) => found.cpuMicroseconds.toFixed(1)).join(' ')
  const told = libraries.map(
    (name) => `${name} ${rates[name].map((rate) => rate.toFixed(0)).join(' ')} (${cpu(name)} µs)`,
  )
  say(`${titleOf(row)}: ${told.join(', ')}, franz-go ${rates.franz.map((rate) => rate.toFixed(0)).join(' ')}`)
  return { row, rates, measures }
}

const results: Result[] = []
const rows = plan.rows.filter((row) => only.test(titleOf(row)))
await warmUp(rows)
for (const [index, row] of rows.entries()) results.push(await measure(row, index))
const idle = new Map<Library, number>()
for (const library of libraries) {
  const topic = await newTopic()
  idle.set(
    library,
    (await work(library, { work: 'idle', acks: 'all', codec: 'none', sizeBytes: 100, topic, seconds: 2 })).idleMiB ??
      Number.NaN,
  )
}
admin.close()
await target.stop()
target.remove()

const count = (value: number): string => (Number.isNaN(value) ? '–' : Math.round(value).toLocaleString('en'))
const times = (value: number): string => (Number.isNaN(value) ? '–' : `${value.toFixed(2)}×`)

function rateRow({ row, rates, measures }: Result): string {
  const own = median(rates.odradek)
  const fastest = Math.max(
    ...libraries
      .slice(1)
      .map((library) => median(rates[library]))
      .filter((rate) => !Number.isNaN(rate)),
  )
  const cells = libraries.map((library) => {
    const cpu = median(measures[library].map(({ cpuMicroseconds }) => cpuMicroseconds))
    return `${count(median(rates[library]))}/s, ${cpu.toFixed(cpu < 10 ? 1 : 0)} µs`
  })
  const franzRate = median(rates.franz)
  return `| ${[titleOf(row), ...cells, `${count(franzRate)}/s`, times(own / fastest), times(own / franzRate)].join(' | ')} |`
}

function stateRow(title: string, pick: (library: Library) => number, unit: string): string {
  const values = libraries.map((library) => pick(library))
  const best = Math.min(...values.slice(1).filter((value) => !Number.isNaN(value)))
  const cells = values.map((value) => `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`)
  return `| ${[title, ...cells, '', times(best / (values[0] ?? Number.NaN)), ''].join(' | ')} |`
}

const of =
  (kindOfWork: Row['work'], key: 'peakMiB' | 'loopP99Ms') =>
  (library: Library): number =>
    median(
      results
        .filter(({ row }) => row.work === kindOfWork)
        .flatMap(({ measures }) => measures[library].map((found) => found[key])),
    )

const machine = `${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}`
const table = [
  '| work | Odradek | kafkajs 2.2.4 | @platformatic/kafka 2.12.1 | @confluentinc/kafka-javascript 1.10.1 | franz-go | beside the fastest of JavaScript | beside franz-go |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ...results.map(rateRow),
  stateRow('memory, idle', (library) => idle.get(library) ?? Number.NaN, 'MiB'),
  stateRow('memory, the most in a stream', of('stream', 'peakMiB'), 'MiB'),
  stateRow('memory, the most while consuming', of('consume', 'peakMiB'), 'MiB'),
  stateRow('event-loop delay p99 in a stream', of('stream', 'loopP99Ms'), 'ms'),
  stateRow('event-loop delay p99 while consuming', of('consume', 'loopP99Ms'), 'ms'),
  '',
  `${kind === 'apache' ? 'Apache Kafka 3.9.1' : 'Odradek'}; ${machine}; medians of ${plan.rounds} rounds of ${plan.seconds} s; clients and broker on one machine.`,
].join('\n')
process.stdout.write(`${table}\n`)
if (options.write) writeTable('bench client', table)
process.exit(0)
