import { ShareConsumer, shareConsumerKeys } from '@odradek/client'
import type { AcknowledgeResult, ShareBatch } from '@odradek/client'
import { BatchSource } from './console/batch-source.ts'
import { javaError } from './java-error.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

/** How often it looks whether all that was wanted is acknowledged. */
const lookMs = 200

/** kafka-verifiable-share-consumer, of Kafka 4 */
export const kafkaVerifiableShareConsumer: KafkaTool = {
  program: 'verifiable-share-consumer',
  options: [
    { name: 'topic', value: 'topic', description: 'the topic to read', required: true },
    { name: 'group-id', value: 'id', description: 'the share group', required: true },
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster', required: true },
    { name: 'max-messages', value: 'number', description: 'how many to acknowledge; without it, until it is stopped' },
    { name: 'verbose', description: 'print each record' },
    { name: 'acknowledgement-mode', value: 'mode', description: 'auto (the default), sync or async' },
    {
      name: 'offset-reset-strategy',
      value: 'strategy',
      description: 'set where the group begins: earliest or latest',
    },
    { name: 'command-config', value: 'file', description: 'a .properties file with properties of the share consumer' },
  ],
  async run(given, tool) {
    const mode = given.value('acknowledgement-mode')?.toLowerCase() ?? 'auto'
    if (!['auto', 'sync', 'async'].includes(mode)) {
      throw new ToolError(
        'USAGE',
        `verifiable-share-consumer: error: argument --acknowledgement-mode: '${mode}' is none of auto, sync, async`,
      )
    }
    await new VerifiableShareConsumer(mode, given, tool).run()
    return 0
  },
}

class VerifiableShareConsumer {
  readonly #mode: string
  readonly #given: ToolArguments
  readonly #tool: ToolRun
  #acknowledgedCount = 0

  constructor(mode: string, given: ToolArguments, tool: ToolRun) {
    this.#mode = mode
    this.#given = given
    this.#tool = tool
  }

  async run(): Promise<void> {
    const properties = await this.#properties()
    const consumer = new ShareConsumer(await this.#tool.env(), properties)
    consumer.onAcknowledged((results) => void this.#acknowledged(results))
    try {
      await this.#print('startup_complete')
      await this.#resetOffsets()
      consumer.subscribe(this.#given.value('topic') ?? '')
      await this.#consume(consumer)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      this.#tool.printError(`ERROR Error during processing, terminating share consumer process: ${javaError(error)}`)
    } finally {
      await consumer.close()
    }
    await this.#print('shutdown_complete')
  }

  async #properties(): Promise<Record<string, string>> {
    return this.#tool.knownKeys(shareConsumerKeys, {
      ...(await this.#tool.properties(this.#given.value('command-config'), [])),
      'bootstrap.servers': this.#given.value('bootstrap-server') ?? '',
      'group.id': this.#given.value('group-id') ?? '',
      'share.acknowledgement.mode': 'explicit',
    })
  }

  async #print(name: string, fields: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { clock } = await this.#tool.env()
    await this.#tool.print(JSON.stringify({ timestamp: clock.wallMs(), name, ...fields }))
  }

  async #resetOffsets(): Promise<void> {
    const strategy = this.#given.value('offset-reset-strategy')?.toLowerCase() ?? ''
    if (strategy === '') return
    const operations = [{ name: 'share.auto.offset.reset', operation: 'SET', value: strategy }] as const
    await this.#tool.admin((admin) =>
      admin.incrementalAlterConfigs([{ type: 'GROUP', name: this.#given.value('group-id') ?? '', operations }]),
    )
    await this.#print('offset_reset_strategy_set', { offsetResetStrategy: strategy })
  }

  async #consume(consumer: ShareConsumer): Promise<void> {
    const limit = this.#given.number('max-messages') ?? -1
    const source = new BatchSource(await this.#tool.env(), consumer.batches(), this.#tool.context.terminal.interrupted)
    while (limit < 0 || this.#acknowledgedCount < limit) {
      const batch = await source.next(lookMs)
      if (batch === 'interrupted') break
      if (batch === 'timeout') continue
      await this.#consumed(batch)
      for (const record of batch.records) consumer.acknowledge(record)
      if (this.#mode === 'sync') await consumer.commit()
    }
    await source.release()
  }

  async #consumed({ topic, partition, records }: ShareBatch): Promise<void> {
    if (this.#given.has('verbose')) {
      for (const { key, value, offset } of records) {
        const fields = { key: key?.toString() ?? null, value: value?.toString() ?? null, topic, partition, offset }
        await this.#print('record_data', fields)
      }
    }
    const offsets = records.map(({ offset }) => offset)
    const partitions = [{ topic, partition, count: offsets.length, offsets }]
    await this.#print('records_consumed', { count: offsets.length, partitions })
  }

  async #acknowledged(results: readonly AcknowledgeResult[]): Promise<void> {
    for (const { topic, partition, offsets, error } of results) {
      const success = error === undefined
      if (success) this.#acknowledgedCount += offsets.length
      await this.#print('offsets_acknowledged', {
        count: offsets.length,
        partitions: [{ topic, partition, count: offsets.length, offsets }],
        ...(success ? {} : { error: error.message }),
        success,
      })
    }
  }
}
