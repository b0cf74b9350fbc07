import { Consumer, consumerKeys } from '@odradek/client'
import type { ConsumerBatch, TopicPartition } from '@odradek/client'
import { BatchSource } from './console/batch-source.ts'
import { javaError } from './java-error.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

const rangeAssignor = 'org.apache.kafka.clients.consumer.RangeAssignor'

/** kafka-verifiable-consumer */
export const kafkaVerifiableConsumer: KafkaTool = {
  program: 'verifiable-consumer',
  options: [
    { name: 'topic', value: 'topic', description: 'the topic to read', required: true },
    { name: 'group-id', value: 'id', description: 'the group of consumers', required: true },
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' },
    { name: 'broker-list', value: 'host:port,...', description: 'as --bootstrap-server' },
    { name: 'group-protocol', value: 'protocol', description: 'classic (the default) or consumer' },
    { name: 'group-remote-assignor', value: 'name', description: 'the assignor of the consumer protocol' },
    { name: 'group-instance-id', value: 'id', description: 'be this static member' },
    { name: 'max-messages', value: 'number', description: 'how many to read; without it, until it is stopped' },
    { name: 'session-timeout', value: 'ms', description: 'session.timeout.ms; default 30000' },
    { name: 'verbose', description: 'print each record' },
    { name: 'enable-autocommit', description: 'commit by time, not after each batch' },
    { name: 'reset-policy', value: 'policy', description: 'earliest (the default), latest or none' },
    { name: 'assignment-strategy', value: 'class', description: 'the assignor of the classic protocol' },
    { name: 'consumer.config', value: 'file', description: 'a .properties file with properties of the consumer' },
    { name: 'command-config', value: 'file', description: 'as --consumer.config' },
  ],
  async run(given, tool) {
    const brokers = given.value('bootstrap-server') ?? given.value('broker-list')
    if (brokers === undefined) {
      throw new ToolError(
        'USAGE',
        'verifiable-consumer: error: one of the arguments --bootstrap-server --broker-list is required',
      )
    }
    await consume(await consumerProperties(brokers, given, tool), given, tool)
    return 0
  },
}

async function consumerProperties(
  brokers: string,
  given: ToolArguments,
  tool: ToolRun,
): Promise<Record<string, string>> {
  const file = given.value('consumer.config') ?? given.value('command-config')
  const isClassic = given.value('group-protocol')?.toLowerCase() !== 'consumer'
  const [assignor, instance] = [given.value('group-remote-assignor'), given.value('group-instance-id')]
  // As Java's consumer names itself.
  const clientId = `consumer-${given.value('group-id')}-${instance ?? 1}`
  return tool.knownKeys(consumerKeys, {
    'client.id': clientId,
    ...(await tool.properties(file, [])),
    'bootstrap.servers': brokers,
    'group.id': given.value('group-id') ?? '',
    'enable.auto.commit': String(given.has('enable-autocommit')),
    'auto.offset.reset': given.value('reset-policy') ?? 'earliest',
    ...(instance === undefined ? {} : { 'group.instance.id': instance }),
    ...(isClassic
      ? {
          'partition.assignment.strategy': given.value('assignment-strategy') ?? rangeAssignor,
          'session.timeout.ms': given.value('session-timeout') ?? '30000',
        }
      : { 'group.protocol': 'consumer', ...(assignor === undefined ? {} : { 'group.remote.assignor': assignor }) }),
  })
}

async function consume(
  properties: Readonly<Record<string, string>>,
  given: ToolArguments,
  tool: ToolRun,
): Promise<void> {
  const env = await tool.env()
  const print = (name: string, fields: Readonly<Record<string, unknown>> = {}): Promise<void> =>
    tool.print(JSON.stringify({ timestamp: env.clock.wallMs(), name, ...fields }))
  const limit = given.number('max-messages') ?? -1
  const consumer = new Consumer(env, properties)
  await print('startup_complete')
  const refs = (partitions: readonly TopicPartition[]): TopicPartition[] =>
    partitions.map(({ topic, partition }) => ({ topic, partition }))
  consumer.subscribe([given.value('topic') ?? ''], {
    assigned: (partitions) => print('partitions_assigned', { partitions: refs(partitions) }),
    revoked: (partitions) => print('partitions_revoked', { partitions: refs(partitions) }),
  })
  const source = new BatchSource(env, consumer.batches(), tool.context.terminal.interrupted)
  let count = 0
  try {
    while (limit < 0 || count < limit) {
      const batch = await source.next(Infinity)
      if (typeof batch === 'string') break
      const taken = limit < 0 ? batch.records : batch.records.slice(0, limit - count)
      count += taken.length
      await printBatch(print, batch, taken, given.has('verbose'))
      const last = taken.at(-1)
      if (last === undefined) continue
      if (given.has('enable-autocommit')) {
        // The loop ends with a batch in hand, that nobody else says is done with.
        if (limit >= 0 && count >= limit) await consumer.commitRecord(last)
        continue
      }
      const { topic, partition, offset } = last
      const offsets = [{ topic, partition, offset: offset + 1 }]
      await consumer.commit(offsets).then(
        () => print('offsets_committed', { offsets, success: true }),
        (error: Error) => print('offsets_committed', { offsets, error: error.message, success: false }),
      )
    }
    await source.release()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    tool.printError(`ERROR Error during processing, terminating consumer process: ${javaError(error)}`)
  } finally {
    await consumer.close()
  }
  await print('shutdown_complete')
}

async function printBatch(
  print: (name: string, fields: Readonly<Record<string, unknown>>) => Promise<void>,
  { topic, partition, records: whole }: ConsumerBatch,
  records: ConsumerBatch['records'],
  isVerbose: boolean,
): Promise<void> {
  if (isVerbose) {
    for (const { key, value, offset } of records) {
      await print('record_data', {
        key: key?.toString() ?? null,
        value: value?.toString() ?? null,
        topic,
        partition,
        offset,
      })
    }
  }
  const summary = {
    topic,
    partition,
    count: records.length,
    minOffset: records[0]?.offset ?? -1,
    maxOffset: records.at(-1)?.offset ?? -1,
  }
  await print('records_consumed', { count: whole.length, partitions: records.length === 0 ? [] : [summary] })
}
