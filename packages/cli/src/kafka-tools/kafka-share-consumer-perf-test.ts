import type { Clock } from '@odradek/base'
import { ShareConsumer, shareConsumerKeys } from '@odradek/client'
import { BatchSource } from './console/batch-source.ts'
import { bootstrapServer } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { dateText } from './performance/date-format.ts'
import { amountOf, amountSince, inMegabytes, megabytes, perSecond, readingOptions } from './performance/reading.ts'
import type { Amount } from './performance/reading.ts'
import { groupGiven } from './share/share-properties.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

/** kafka-share-consumer-perf-test, of Kafka 4 */
export const kafkaShareConsumerPerfTest: KafkaTool = {
  options: [
    bootstrapServer,
    { name: 'topic', value: 'topic', description: 'the topic to read', required: true },
    { name: 'group', value: 'id', description: 'the share group; default: perf-share-consumer' },
    { name: 'threads', value: 'number', description: 'how many share consumers; default 1' },
    { name: 'fetch-size', value: 'bytes', description: 'taken, and not needed: fetch.max.bytes bounds a fetch' },
    ...readingOptions,
    { name: 'show-consumer-stats', description: 'a line for each share consumer' },
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
      const read = amountOf(batch.records)
      for (const amount of [own, this.#total]) {
        amount.bytes += read.bytes
        amount.count += read.count
      }
      for (const record of batch.records) consumer.acknowledge(record)
      const nowMs = this.#clock.wallMs()
      if (nowMs - before.atMs < intervalMs) continue
      if (this.#given.has('show-detailed-stats')) {
        await this.#tool.print(
          `${this.#line(own, amountSince(own, before), before.atMs, nowMs)} for share consumer ${index}`,
        )
      }
      before = { ...own, atMs: nowMs }
    }
    await source.release()
    return own
  }

  /** What was read in all, and how fast in the time given. */
  #line(all: Amount, since: Amount, fromMs: number, toMs: number): string {
    const format = this.#given.value('date-format')
    return [
      dateText(fromMs, format),
      dateText(toMs, format),
      megabytes(all.bytes),
      perSecond(inMegabytes(since.bytes), toMs - fromMs),
      perSecond(since.count, toMs - fromMs),
      all.count,
      toMs - fromMs,
    ].join(', ')
  }
}
