import type { Clock } from '@odradek/base'
import { Consumer, consumerKeys } from '@odradek/client'
import type { ConsumerRecord } from '@odradek/client'
import { BatchSource } from './console/batch-source.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { dateText } from './performance/date-format.ts'
import { amountOf, amountSince, inMegabytes, megabytes, perSecond, readingOptions } from './performance/reading.ts'
import type { Amount } from './performance/reading.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

/** kafka-consumer-perf-test */
export const kafkaConsumerPerfTest: KafkaTool = {
  options: [
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' },
    { name: 'broker-list', value: 'host:port,...', description: 'as --bootstrap-server' },
    { name: 'topic', value: 'topic', description: 'the topic to read' },
    { name: 'include', value: 'pattern', description: 'the topics to read, as a regular expression' },
    { name: 'group', value: 'id', description: 'the group of consumers; default: one of its own' },
    { name: 'fetch-size', value: 'bytes', description: 'max.partition.fetch.bytes; default 1048576' },
    { name: 'from-latest', description: 'begin with what comes from now on, where nothing is committed' },
    { name: 'threads', value: 'number', description: 'taken, and ignored' },
    { name: 'num-fetch-threads', value: 'number', description: 'taken, and ignored' },
    ...readingOptions,
  ],
  async run(given, tool) {
    const brokers = given.value('bootstrap-server') ?? given.value('broker-list')
    if (brokers === undefined) throw new ToolError('USAGE', 'Missing required option(s) [bootstrap-server]')
    if (given.has('threads') || given.has('num-fetch-threads'))
      await tool.print(
        'WARNING: option [threads] and [num-fetch-threads] have been deprecated and will be ignored by the test',
      )
    if (!given.has('topic') && !given.has('include'))
      throw new ToolError('USAGE', 'Missing required argument "[topic]"')
    const countMax = given.number('messages') ?? given.number('num-records')
    if (countMax === undefined) throw new ToolError('USAGE', 'Missing required argument "[messages]"')
    if (given.has('print-metrics'))
      tool.printError('WARN metrics of the consumer are not kept: --print-metrics prints none')
    if (!given.has('hide-header')) {
      const first = given.has('show-detailed-stats') ? 'time, threadId' : 'start.time, end.time'
      await tool.print(
        `${first}, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec`,
      )
    }
    await measure(await consumerProperties(brokers, given, tool), countMax, given, tool)
    return 0
  },
}

async function consumerProperties(
  brokers: string,
  given: ToolArguments,
  tool: ToolRun,
): Promise<Record<string, string>> {
  const file = given.value('consumer.config') ?? given.value('command-config')
  const own = await tool.properties(file, given.values('command-property'))
  const random = (await tool.env()).random.integer(100_000)
  return tool.knownKeys(consumerKeys, {
    'client.id': 'perf-consumer-client',
    ...own,
    'bootstrap.servers': brokers,
    'group.id': given.value('group') ?? `perf-consumer-${random}`,
    'max.partition.fetch.bytes': given.value('fetch-size') ?? '1048576',
    'auto.offset.reset': given.has('from-latest') ? 'latest' : 'earliest',
    'check.crcs': 'false',
  })
}

/** Joining the group is counted apart from reading. */
class RebalanceClock {
  totalMs = 0
  sinceReportMs = 0
  readonly #clock: Clock
  #startMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startMs = clock.monotonicMs()
  }

  revoked(): void {
    this.#startMs = this.#clock.monotonicMs()
  }

  assigned(): void {
    const elapsedMs = Math.round(this.#clock.monotonicMs() - this.#startMs)
    this.totalMs += elapsedMs
    this.sinceReportMs += elapsedMs
  }
}

async function measure(
  properties: Readonly<Record<string, string>>,
  countMax: number,
  given: ToolArguments,
  tool: ToolRun,
): Promise<void> {
  const { clock } = await tool.env()
  const env = await tool.env()
  const timeoutMs = given.number('timeout') ?? 10_000
  const intervalMs = given.number('reporting-interval') ?? 5000
  if (intervalMs <= 0) throw new ToolError('REFUSED', 'Reporting interval must be greater than 0.')
  const isDetailed = given.has('show-detailed-stats')
  const consumer = new Consumer(env, properties)
  const startWallMs = clock.wallMs()
  const startMs = clock.monotonicMs()
  const rebalances = new RebalanceClock(clock)
  const total: Amount = { bytes: 0, count: 0 }
  let before = { atMs: startMs, bytes: 0, count: 0 }
  let last: ConsumerRecord | undefined
  try {
    const include = given.value('include')
    consumer.subscribe(include === undefined ? [given.value('topic') ?? ''] : new RegExp(`^(?:${include})$`), {
      assigned: () => rebalances.assigned(),
      revoked: () => rebalances.revoked(),
    })
    const source = new BatchSource(env, consumer.batches(), tool.context.terminal.interrupted)
    while (total.count < countMax) {
      const batch = await source.next(timeoutMs)
      if (typeof batch === 'string') {
        if (batch === 'timeout')
          await tool.print(
            `WARNING: Exiting before consuming the expected number of messages: timeout (${timeoutMs} ms) exceeded. You can use the --timeout option to increase the timeout.`,
          )
        break
      }
      const read = amountOf(batch.records)
      total.bytes += read.bytes
      total.count += read.count
      last = batch.records.at(-1) ?? last
      const nowMs = clock.monotonicMs()
      if (nowMs - before.atMs < intervalMs) continue
      if (isDetailed) {
        const time = dateText(clock.wallMs(), given.value('date-format'))
        await tool.print(`${time}, 0, ${progress(total, before, nowMs, rebalances.sinceReportMs)}`)
      }
      rebalances.sinceReportMs = 0
      before = { atMs: nowMs, ...total }
    }
    // The loop ends with a batch in hand, that nobody else says is done with.
    if (last !== undefined && total.count >= countMax && consumer.config['enable.auto.commit'])
      await consumer.commitRecord(last)
    await source.release()
    if (isDetailed) return
    const elapsedMs = Math.round(clock.monotonicMs() - startMs)
    const times = [startWallMs, startWallMs + elapsedMs].map((ms) => dateText(ms, given.value('date-format')))
    await tool.print(
      `${times.join(', ')}, ${progress(total, { atMs: 0, bytes: 0, count: 0 }, elapsedMs, rebalances.totalMs)}`,
    )
  } finally {
    await consumer.close()
  }
}

/** What was read in all, how fast since `before`, and the same without the time that rebalances took. */
function progress(
  total: Amount,
  before: Amount & { readonly atMs: number },
  nowMs: number,
  rebalanceMs: number,
): string {
  const elapsedMs = nowMs - before.atMs
  const fetchMs = Math.round(elapsedMs - rebalanceMs)
  const since = amountSince(total, before)
  return [
    megabytes(total.bytes),
    perSecond(inMegabytes(since.bytes), elapsedMs),
    total.count,
    perSecond(since.count, elapsedMs),
    rebalanceMs,
    fetchMs,
    perSecond(inMegabytes(since.bytes), fetchMs),
    perSecond(since.count, fetchMs),
  ].join(', ')
}
