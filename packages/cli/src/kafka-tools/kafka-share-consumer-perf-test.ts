import type { Clock } from '@odradek/base'
import { ShareConsumer, shareConsumerKeys } from '@odradek/client'
import { BatchSource } from './console/batch-source.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { dateText } from './performance/date-format.ts'
import { groupGiven } from './share/share-properties.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

const bytesPerMegabyte = 1024 * 1024

/** kafka-share-consumer-perf-test, of Kafka 4 */
export const kafkaShareConsumerPerfTest: KafkaTool = {
  options: [
    bootstrapServer,
    { name: 'topic', value: 'topic', description: 'the topic to read', required: true },
    { name: 'num-records', value: 'number', description: 'how many records to read' },
    { name: 'messages', value: 'number', description: 'as --num-records' },
    { name: 'group', value: 'id', description: 'the share group; default: perf-share-consumer' },
    { name: 'threads', value: 'number', description: 'how many share consumers; default 1' },
    { name: 'fetch-size', value: 'bytes', description: 'taken, and not needed: fetch.max.bytes bounds a fetch' },
    { name: 'socket-buffer-size', value: 'bytes', description: 'taken, and not needed' },
    { name: 'consumer.config', value: 'file', description: 'a .properties file with properties of the share consumer' },
    commandConfig,
    { name: 'command-property', value: 'key=value', description: 'a property of the share consumer' },
    { name: 'print-metrics', description: "refused: the client's metrics are not kept" },
    { name: 'show-detailed-stats', description: 'a line for each interval' },
    { name: 'show-consumer-stats', description: 'a line for each share consumer' },
    { name: 'timeout', value: 'ms', description: 'how long nothing may come; default 10000' },
    { name: 'reporting-interval', value: 'ms', description: 'how long an interval is; default 5000' },
    { name: 'date-format', value: 'format', description: 'how times are printed; default yyyy-MM-dd HH:mm:ss:SSS' },
    { name: 'hide-header', description: 'no line with the names of the columns' },
  ],
  async run(given, tool) {
    const countMax = given.number('num-records') ?? given.number('messages')
    if (countMax === undefined) {
      throw new ToolError('USAGE', 'Exactly one of the following arguments is required: [num-records], [messages]')
    }
    if (given.has('print-metrics'))
      tool.printError('WARN metrics of the share consumer are not kept: --print-metrics prints none')
    const properties = await consumerProperties(given, tool)
    if (!given.has('hide-header')) {
      await tool.print(
        'start.time, end.time, data.consumed.in.MB, MB.sec, nMsg.sec, data.consumed.in.nMsg, fetch.time.ms',
      )
    }
    await new ShareMeasurement(countMax, given, tool, (await tool.env()).clock).run(properties)
    return 0
  },
}

async function consumerProperties(given: ToolArguments, tool: ToolRun): Promise<Record<string, string>> {
  const own = await tool.properties(
    given.value('consumer.config') ?? given.value('command-config'),
    given.values('command-property'),
  )
  return tool.knownKeys(shareConsumerKeys, {
    'client.id': 'perf-share-consumer-client',
    ...own,
    'bootstrap.servers': given.value('bootstrap-server') ?? '',
    'group.id': groupGiven([given.value('group')]) ?? own['group.id'] ?? 'perf-share-consumer',
    'check.crcs': 'false',
  })
}

interface Amount {
  bytes: number
  count: number
}

class ShareMeasurement {
  readonly #countMax: number
  readonly #given: ToolArguments
  readonly #tool: ToolRun
  readonly #clock: Clock
  readonly #startWallMs: number
  readonly #total: Amount = { bytes: 0, count: 0 }

  constructor(countMax: number, given: ToolArguments, tool: ToolRun, clock: Clock) {
    this.#countMax = countMax
    this.#given = given
    this.#tool = tool
    this.#clock = clock
    this.#startWallMs = clock.wallMs()
  }

  async run(properties: Readonly<Record<string, string>>): Promise<void> {
    const env = await this.#tool.env()
    const count = this.#given.number('threads') ?? 1
    const clientIds = Array.from({ length: count }, (_, index) =>
      count === 1 ? properties['client.id'] : `${properties['client.id']}-${index + 1}`,
    )
    const consumers = clientIds.map((clientId) => {
      const consumer = new ShareConsumer(env, { ...properties, 'client.id': clientId })
      consumer.subscribe(this.#given.value('topic') ?? '')
      return consumer
    })
    try {
      const amounts = await Promise.all(consumers.map((consumer, index) => this.#consume(consumer, index + 1)))
      const endWallMs = this.#clock.wallMs()
      if (this.#given.has('show-consumer-stats')) {
        for (const [index, amount] of amounts.entries()) {
          await this.#tool.print(
            `Share consumer ${index + 1} having client id ${clientIds[index]} consumption metrics- ${this.#line(amount, amount, this.#startWallMs, endWallMs)}`,
          )
        }
      }
      if (this.#total.count < this.#countMax) {
        await this.#tool.print(
          `WARNING: Exiting before consuming the expected number of records: timeout (${this.#timeoutMs} ms) exceeded. You can use the --timeout option to increase the timeout.`,
        )
      }
      for (const consumer of consumers) await consumer.commit()
      await this.#tool.print(this.#line(this.#total, this.#total, this.#startWallMs, endWallMs))
    } finally {
      await Promise.all(consumers.map((consumer) => consumer.close()))
    }
  }

  get #timeoutMs(): number {
    return this.#given.number('timeout') ?? 10_000
  }

  async #consume(consumer: ShareConsumer, index: number): Promise<Amount> {
    const own: Amount = { bytes: 0, count: 0 }
    const intervalMs = this.#given.number('reporting-interval') ?? 5000
    let before = { ...own, atMs: this.#startWallMs }
    const source = new BatchSource(await this.#tool.env(), consumer.batches(), this.#tool.context.terminal.interrupted)
    while (this.#total.count < this.#countMax) {
      const batch = await source.next(this.#timeoutMs)
      if (typeof batch === 'string') break
      for (const record of batch.records) {
        const bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0)
        own.bytes += bytes
        this.#total.bytes += bytes
        consumer.acknowledge(record)
      }
      own.count += batch.records.length
      this.#total.count += batch.records.length
      const nowMs = this.#clock.wallMs()
      if (nowMs - before.atMs < intervalMs) continue
      if (this.#given.has('show-detailed-stats')) {
        const since = { bytes: own.bytes - before.bytes, count: own.count - before.count }
        await this.#tool.print(`${this.#line(own, since, before.atMs, nowMs)} for share consumer ${index}`)
      }
      before = { ...own, atMs: nowMs }
    }
    await source.release()
    return own
  }

  /** What was read in all, and how fast in the time given. */
  #line(all: Amount, since: Amount, fromMs: number, toMs: number): string {
    const format = this.#given.value('date-format')
    const perSecond = (amount: number): string => (toMs <= fromMs ? 0 : (1000 * amount) / (toMs - fromMs)).toFixed(4)
    return [
      dateText(fromMs, format),
      dateText(toMs, format),
      (all.bytes / bytesPerMegabyte).toFixed(4),
      perSecond(since.bytes / bytesPerMegabyte),
      perSecond(since.count),
      all.count,
      toMs - fromMs,
    ].join(', ')
  }
}
