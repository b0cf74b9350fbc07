// What programs write that are typed against kafkajs: it has to compile. Nothing of it runs but the last lines.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KafkaJSError, KafkaJSNonRetriableError, logLevel } from '../src/index.ts'
import {
  AssignerProtocol,
  CompressionCodecs,
  CompressionTypes,
  ConfigResourceTypes,
  KafkaJSProtocolError,
  PartitionAssigners,
  Partitioners,
} from '../src/index.ts'
import type {
  Admin,
  Assigner,
  Batch,
  Cluster,
  Consumer,
  ConsumerConfig,
  ConsumerCrashEvent,
  ConsumerRunConfig,
  ConsumerSubscribeTopics,
  EachBatchPayload,
  EachMessageHandler,
  ICustomPartitioner,
  IHeaders,
  InstrumentationEvent,
  ISocketFactory,
  Kafka,
  KafkaConfig,
  KafkaMessage,
  LogEntry,
  Mechanism,
  Message,
  Offsets,
  PartitionAssigner,
  Producer,
  ProducerBatch,
  ProducerRecord,
  RecordMetadata,
  SASLOptions,
  Transaction,
} from '../src/index.ts'

const level: logLevel = logLevel.WARN
const onlyInfo: logLevel.INFO = logLevel.INFO

const sasl: SASLOptions = { mechanism: 'scram-sha-512', username: 'u', password: 'p' }
const custom: Mechanism = {
  mechanism: 'custom',
  authenticationProvider: ({ host, port, logger, saslAuthenticate }) => ({
    authenticate: async () => {
      logger.debug(`to ${host}:${port}`)
      await saslAuthenticate({ request: { encode: () => Buffer.alloc(4) } })
    },
  }),
}

export function configs(socketFactory: ISocketFactory): KafkaConfig[] {
  return [
    { brokers: ['a:9092'], ssl: true, sasl, clientId: 'c', logLevel: level, retry: { retries: 3, multiplier: 2 } },
    { brokers: async () => ['a:9092'], ssl: { rejectUnauthorized: false, ca: ['pem'] }, sasl: custom, socketFactory },
    {
      brokers: ['a:9092'],
      logLevel: onlyInfo,
      logCreator:
        () =>
        ({ namespace, label, log }: LogEntry) =>
          console.log(namespace, label, log.message, log['topic']),
    },
  ]
}

const byLength: ICustomPartitioner =
  () =>
  ({ partitionMetadata, message }) =>
    (message.key?.length ?? 0) % partitionMetadata.length

const assigner: PartitionAssigner = ({ cluster, groupId, logger }): Assigner => ({
  name: 'mine',
  version: 1,
  assign: async ({ members, topics }) => {
    logger.info(groupId, { partitions: (cluster as Cluster).findTopicPartitionMetadata(topics[0] ?? '').length })
    return members.map(({ memberId, memberMetadata }) => {
      const known = AssignerProtocol.MemberMetadata.decode(memberMetadata)
      const assignment = { [known?.topics[0] ?? '']: [0] }
      const memberAssignment = AssignerProtocol.MemberAssignment.encode({
        version: 1,
        assignment,
        userData: Buffer.alloc(0),
      })
      return { memberId, memberAssignment }
    })
  },
  protocol: ({ topics }) => ({
    name: 'mine',
    metadata: AssignerProtocol.MemberMetadata.encode({ version: 1, topics, userData: Buffer.alloc(0) }),
  }),
})

export async function produce(kafka: Kafka): Promise<RecordMetadata[]> {
  const producer: Producer = kafka.producer({ createPartitioner: byLength, idempotent: true, transactionalId: 't' })
  const stop = producer.on('producer.network.request', ({ payload }) => console.log(payload.apiName, payload.duration))
  stop()
  const headers: IHeaders = { one: 'text', many: ['a', Buffer.from('b')] }
  const messages: Message[] = [{ key: 'k', value: Buffer.from('v'), headers, timestamp: '1' }, { value: null }]
  const record: ProducerRecord = { topic: 't', messages, compression: CompressionTypes.GZIP, acks: -1 }
  const batch: ProducerBatch = { topicMessages: [{ topic: 't', messages }] }
  const offsets: Offsets & { consumerGroupId: string } = { consumerGroupId: 'g', topics: [] }
  const transaction: Transaction = await producer.transaction()
  await transaction.sendOffsets(offsets)
  await transaction.commit()
  return [...(await producer.send(record)), ...(await producer.sendBatch(batch))]
}

export async function consume(kafka: Kafka): Promise<void> {
  const config: ConsumerConfig = {
    groupId: 'g',
    partitionAssigners: [assigner, PartitionAssigners.roundRobin],
    retry: { restartOnFailure: async (error) => error instanceof KafkaJSNonRetriableError },
  }
  const consumer: Consumer = kafka.consumer(config)
  const topics: ConsumerSubscribeTopics = { topics: ['a', /^b/], fromBeginning: true }
  await consumer.subscribe(topics)
  consumer.on(consumer.events.CRASH, (event: ConsumerCrashEvent) => console.log(event.payload.restart))
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => console.log(memberAssignment['a']))
  for (const name of Object.values(consumer.events)) {
    consumer.on(name, (event: InstrumentationEvent<unknown>) => console.log(event.type))
  }
  const eachMessage: EachMessageHandler = async ({ message, heartbeat, pause }) => {
    const found: KafkaMessage = message
    console.log(found.offset.length, found.headers?.['one']?.toString())
    await heartbeat()
    const resume = pause()
    resume()
  }
  const eachBatch = async ({ batch, resolveOffset, isStale }: EachBatchPayload): Promise<void> => {
    const given: Batch = batch
    if (!isStale()) resolveOffset(given.lastOffset())
  }
  const run: ConsumerRunConfig = { eachMessage, eachBatch, autoCommitThreshold: 100, partitionsConsumedConcurrently: 3 }
  await consumer.run(run)
  await consumer.commitOffsets([{ topic: 'a', partition: 0, offset: '5', metadata: null }])
  consumer.seek({ topic: 'a', partition: 0, offset: '0' })
  consumer.pause([{ topic: 'a' }])
}

export async function administer(kafka: Kafka): Promise<string> {
  const admin: Admin = kafka.admin({ retry: { retries: 1 } })
  await admin.createTopics({
    topics: [{ topic: 't', configEntries: [{ name: 'n', value: 'v' }] }],
    waitForLeaders: true,
  })
  const resources = [{ type: ConfigResourceTypes.TOPIC, name: 't' }]
  const { resources: found } = await admin.describeConfigs({ resources, includeSynonyms: true })
  const [first] = await admin.fetchTopicOffsets('t')
  return `${first?.low} ${found[0]?.configEntries[0]?.configSynonyms.length}`
}

test('errors are what instanceof, names and flags of kafkajs say', () => {
  const error = new KafkaJSProtocolError({ type: 'NOT_CONTROLLER', code: 41, retriable: true, message: 'elsewhere' })
  assert.ok(error instanceof KafkaJSError)
  assert.deepEqual(
    [error.name, error.type, error.code, error.retriable],
    ['KafkaJSProtocolError', 'NOT_CONTROLLER', 41, true],
  )
  assert.equal(new KafkaJSNonRetriableError(new Error('no')).retriable, false)
})

test('what kafkajs exports is exported', async () => {
  const { default: whole, ...named } = await import('../src/index.ts')
  assert.deepEqual({ ...whole }, named)
  const names = Object.keys(named)
  const expected = [
    'AclOperationTypes',
    'AclPermissionTypes',
    'AclResourceTypes',
    'AssignerProtocol',
    'CompressionCodecs',
    'CompressionTypes',
    'ConfigResourceTypes',
    'ConfigSource',
    'Kafka',
    'KafkaJSAggregateError',
    'KafkaJSAlterPartitionReassignmentsError',
    'KafkaJSBrokerNotFound',
    'KafkaJSConnectionClosedError',
    'KafkaJSConnectionError',
    'KafkaJSCreateTopicError',
    'KafkaJSDeleteGroupsError',
    'KafkaJSDeleteTopicRecordsError',
    'KafkaJSError',
    'KafkaJSFetcherRebalanceError',
    'KafkaJSGroupCoordinatorNotFound',
    'KafkaJSInvalidLongError',
    'KafkaJSInvalidVarIntError',
    'KafkaJSInvariantViolation',
    'KafkaJSLockTimeout',
    'KafkaJSMemberIdRequired',
    'KafkaJSMetadataNotLoaded',
    'KafkaJSNoBrokerAvailableError',
    'KafkaJSNonRetriableError',
    'KafkaJSNotImplemented',
    'KafkaJSNumberOfRetriesExceeded',
    'KafkaJSOffsetOutOfRange',
    'KafkaJSPartialMessageError',
    'KafkaJSProtocolError',
    'KafkaJSRequestTimeoutError',
    'KafkaJSSASLAuthenticationError',
    'KafkaJSServerDoesNotSupportApiKey',
    'KafkaJSStaleTopicMetadataAssignment',
    'KafkaJSTimeout',
    'KafkaJSTopicMetadataNotLoaded',
    'KafkaJSUnsupportedMagicByteInMessageSet',
    'PartitionAssigners',
    'Partitioners',
    'ResourcePatternTypes',
    'logLevel',
  ]
  assert.deepEqual(names.toSorted(), expected.toSorted())
  assert.equal(Partitioners.JavaCompatiblePartitioner, Partitioners.DefaultPartitioner)
  assert.equal(typeof CompressionCodecs[CompressionTypes.Snappy], 'function')
})
