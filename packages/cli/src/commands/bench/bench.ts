import type { Command } from 'commander'
import { CliError } from '../../cli-error.ts'
import type { CommandContext } from '../../command-context.ts'
import { clientProperties } from '../../context/client-properties.ts'
import { printRows, withAdmin, withClusterOptions } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { parseBytes, parseCount, parseDurationMs } from '../../options.ts'
import { Progress } from '../../output/progress.ts'
import type { Row } from '../../output/render-rows.ts'
import type { BenchRun } from './bench-run.ts'
import { benchTopic } from './bench-topic.ts'
import { benchConsume } from './consume.ts'
import { benchLatency } from './latency.ts'
import { Measurement } from './measurement.ts'
import { benchProduce } from './produce.ts'

interface BenchOptions extends ClusterOptions {
  readonly topic?: string
  readonly partitions?: string
  readonly replicas?: string
  readonly count?: string
  readonly size: string
  readonly duration?: string
  readonly rate?: string
  readonly compression?: string
}

type Kind = 'produce' | 'consume' | 'latency'

const benches: Readonly<Record<Kind, (run: BenchRun) => Promise<void>>> = {
  produce: benchProduce,
  consume: benchConsume,
  latency: benchLatency,
}
const recordsDefault: Readonly<Record<Kind, number>> = { produce: 100_000, consume: 100_000, latency: 1000 }
const columns = ['bench', 'records', 'seconds', 'recordsPerSecond', 'mibPerSecond', 'p50Ms', 'p95Ms', 'p99Ms', 'maxMs']
const sizeBytesMax = 64 * 1024 * 1024

/** `odradek bench …`: what a cluster does for one client on this machine. */
export function defineBench(command: Command, context: CommandContext): void {
  const add = (usage: string, description: string, ...kinds: readonly Kind[]): Command =>
    withClusterOptions(command.command(usage).description(description))
      .option('-t, --topic <topic>', 'the topic; default: one that is made for it and deleted afterwards')
      .option('-p, --partitions <number>', 'of a topic that is made for it')
      .option('-r, --replicas <number>', 'of a topic that is made for it')
      .option(
        '-n, --count <number>',
        `so many records (default: ${kinds.map((kind) => recordsDefault[kind]).join(', ')})`,
      )
      .option('--duration <duration>', 'stop after so long: 30s')
      .option('-s, --size <bytes>', 'of a value: 100, 1Ki', '100')
      .option('-z, --compression <codec>', 'gzip, snappy, lz4 or zstd')
      .action((options: BenchOptions) => bench(context, options, kinds))
  add('produce', 'how many records a second are written and acknowledged', 'produce').option(
    '--rate <number>',
    'so many records a second at most, which shows the latencies below the limit',
  )
  add('consume', 'how many records a second are read; a topic that is made for it is filled first', 'consume')
  add('latency', 'how long a record takes from a producer to a consumer, one at a time', 'latency')
  add('all', 'the three, one after the other, on one topic', 'produce', 'consume', 'latency')
}

async function bench(context: CommandContext, options: BenchOptions, kinds: readonly Kind[]): Promise<void> {
  const { terminal } = context
  const env = await context.createEnv('warn')
  const properties = clientProperties(env, options, context.environment)
  if (options.compression !== undefined) properties['compression.type'] = options.compression
  const valueSizeBytes = parseBytes('--size', options.size)
  if (valueSizeBytes > sizeBytesMax) throw new CliError('INVALID_OPTION', `--size takes at most ${sizeBytesMax} bytes`)
  const shared = {
    env,
    properties,
    valueSizeBytes,
    durationMsMax: options.duration === undefined ? Infinity : parseDurationMs('--duration', options.duration),
    recordsPerSecondMax: parseCount('--rate', options.rate),
    progress: new Progress(terminal, env.clock),
    interrupted: terminal.interrupted,
  }
  const count = parseCount('--count', options.count)
  // One at a time takes long: beside the others fewer are enough.
  const recordsMax = (kind: Kind): number =>
    kind === 'latency' && kinds.length > 1
      ? Math.min(count ?? Infinity, recordsDefault.latency)
      : (count ?? recordsDefault[kind])
  const made = {
    partitions: parseCount('--partitions', options.partitions),
    replicas: parseCount('--replicas', options.replicas),
  }
  const rows = await withAdmin(context, options, async (admin) => {
    const benched = await benchTopic(env, admin, options.topic, made)
    try {
      if (kinds[0] === 'consume' && options.topic === undefined) {
        await benchProduce({
          ...shared,
          topic: benched.topic,
          recordsMax: recordsMax('consume'),
          measurement: new Measurement(env),
        })
      }
      const measured: Row[] = []
      for (const kind of kinds) {
        if (terminal.interrupted.aborted) break
        const measurement = new Measurement(env)
        await benches[kind]({ ...shared, topic: benched.topic, recordsMax: recordsMax(kind), measurement })
        measured.push(measurement.row(kind))
      }
      return measured
    } finally {
      shared.progress.clear()
      await benched.remove()
    }
  })
  const hasLatencies = kinds.some((kind) => kind !== 'consume')
  await printRows(context, options, rows, hasLatencies ? columns : columns.slice(0, 5), 'Nothing was measured.')
  if (terminal.interrupted.aborted) terminal.writeError('It was interrupted: this is what was measured until then.\n')
}
