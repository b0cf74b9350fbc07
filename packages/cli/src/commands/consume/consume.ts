import type { Command } from 'commander'
import type { Env } from '@odradek/base'
import { Consumer, consumerKeys } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import type { CommandContext } from '../../command-context.ts'
import { clientProperties } from '../../context/client-properties.ts'
import type { ConnectionOptions } from '../../context/client-properties.ts'
import { collect, withAdmin, withClusterOptions } from '../../context/connection.ts'
import { propertiesFor } from '../../context/properties-for.ts'
import { findPartitions } from '../../context/partition-argument.ts'
import { parseCount } from '../../options.ts'
import { isOutputFormat } from '../../output/output-format.ts'
import { parseOffsetBounds } from '../../records/offset-bounds.ts'
import type { OffsetBounds } from '../../records/offset-bounds.ts'
import { findSpans } from './find-spans.ts'
import type { Span } from './find-spans.ts'
import { recordPrinter } from './record-printer.ts'

interface ConsumeOptions extends ConnectionOptions {
  readonly topic: readonly string[]
  readonly offset: readonly string[]
  readonly group?: string
  readonly format?: string
  readonly count?: string
  readonly exit?: true
}

/** How often positions are looked at, for partitions whose last offsets are no records, such as the ends of transactions. */
const lookMs = 200

/** `odradek consume`: records of topics, with kcat's letters. */
export function defineConsume(command: Command, context: CommandContext): void {
  withClusterOptions(command.argument('[topic...]', 'topics: topic or topic:0,3-5'), { output: false })
    .option('-t, --topic <topic>', 'the same, as often as wanted', collect, [])
    .option(
      '-o, --offset <place>',
      'beginning, end, stored, an offset, -N for the last N, s@TIME, e@TIME, s@TIME..e@TIME; or how to print: table, json, jsonl, yaml',
      collect,
      [],
    )
    .option(
      '-f, --format <format>',
      'what to print of a record: %t topic, %p partition, %o offset, %k key, %s value, %T time, %h headers, as kcat',
    )
    .option('-G, --group <id>', 'read as a member of a group, which remembers how far it came')
    .option('-c, --count <number>', 'stop after so many records')
    .option('-e, --exit', 'stop at the end of the partitions, as it is at the start')
    .action((topics: string[], options: ConsumeOptions) => consume([...topics, ...options.topic], options, context))
}

async function consume(topics: readonly string[], options: ConsumeOptions, context: CommandContext): Promise<void> {
  if (topics.length === 0) throw new CliError('INVALID_OPTION', 'a topic is needed: `odradek consume TOPIC`, or -t')
  const env = await context.createEnv('warn')
  const places = options.offset.filter((text) => !isOutputFormat(text))
  const bounds = places.reduce<OffsetBounds>((before, text) => parseOffsetBounds(text, before), {})
  const print = recordPrinter(options.format, options.offset.find(isOutputFormat))
  const countMax = parseCount('--count', options.count) ?? Infinity
  const properties = propertiesFor(consumerKeys, clientProperties(env, options, context.environment))
  if (options.group !== undefined) {
    if (places.length > 0 || options.exit) {
      throw new CliError(
        'INVALID_OPTION',
        'a member of a group reads on from where the group is: -o and -e do not go with -G',
      )
    }
    properties['group.id'] = options.group
    properties['auto.offset.reset'] ??= 'earliest'
  } else properties['enable.auto.commit'] = 'false'
  const spans = options.group === undefined ? await spansOf(topics, bounds, options, context) : undefined
  if (spans?.every(isEmpty)) return
  const consumer = new Consumer(env, properties)
  try {
    if (spans === undefined) consumer.subscribe(topics)
    else {
      consumer.assign(spans)
      for (const span of spans) consumer.seek(span, Number(span.start))
    }
    await readAll(env, consumer, spans, countMax, print, context)
  } finally {
    await consumer.close()
  }
}

async function spansOf(
  topics: readonly string[],
  bounds: OffsetBounds,
  options: ConsumeOptions,
  context: CommandContext,
): Promise<Span[]> {
  return withAdmin(context, options, async (admin) => {
    const partitions = await findPartitions(admin, topics)
    return findSpans(
      admin,
      partitions,
      options.exit && bounds.stop === undefined ? { ...bounds, stop: { kind: 'end' } } : bounds,
    )
  })
}

function isEmpty({ start, stop }: Span): boolean {
  return stop !== undefined && start >= stop
}

/** Prints until everything has been read, or so much, or somebody interrupts. */
async function readAll(
  env: Env,
  consumer: Consumer,
  spans: readonly Span[] | undefined,
  countMax: number,
  print: ReturnType<typeof recordPrinter>,
  { terminal }: CommandContext,
): Promise<void> {
  const isOver = (): boolean =>
    terminal.interrupted.aborted ||
    (spans?.every((span) => span.stop !== undefined && (consumer.position(span) ?? 0) >= span.stop) ?? false)
  const records = consumer[Symbol.asyncIterator]()
  let next = records.next()
  let count = 0
  while (count < countMax && !isOver()) {
    let look: ReturnType<Env['timers']['after']> | undefined
    const tick = new Promise<undefined>((resolve) => {
      look = env.timers.after(lookMs, () => resolve(undefined))
    })
    const found = await Promise.race([next, tick])
    look?.cancel()
    if (found === undefined) continue
    if (found.done) return
    const record = found.value
    const span = spans?.find(({ topic, partition }) => topic === record.topic && partition === record.partition)
    if (span?.stop === undefined || record.offset < span.stop) {
      await terminal.write(print(record))
      count++
    }
    if (count < countMax) next = records.next()
    else {
      // The loop ends with a record in hand: it is done with, and who commits is to know.
      if (spans === undefined) await consumer.commitRecord(record)
      await records.return(undefined)
    }
  }
}
