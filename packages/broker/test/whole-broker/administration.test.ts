import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrokerConnection } from '@odradek/client'
import { encodeRecordBatch, errorOf } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import type { CreateTopicsRequest } from '@odradek/kafka-protocol/messages/19-create-topics'
import { deleteTopicsRequest, deleteTopicsResponse } from '@odradek/kafka-protocol/messages/20-delete-topics'
import { describeConfigsRequest, describeConfigsResponse } from '@odradek/kafka-protocol/messages/32-describe-configs'
import type { DescribeConfigsResponse } from '@odradek/kafka-protocol/messages/32-describe-configs'
import {
  createPartitionsRequest,
  createPartitionsResponse,
} from '@odradek/kafka-protocol/messages/37-create-partitions'
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import { ClusterWorld } from './cluster-world.ts'

const TOPIC = 2
const BROKER = 4
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3]

type NewTopic = NonNullable<Input<CreateTopicsRequest>['topics']>[number]

const outcome = ({ errorCode, errorMessage }: { errorCode: number; errorMessage: string | null }): string =>
  errorCode === 0 ? 'NONE' : `${errorOf(errorCode).name}: ${errorMessage}`

async function create(
  world: ClusterWorld,
  topic: NewTopic,
  options: { validateOnly?: boolean; brokerId?: number } = {},
): Promise<string> {
  const { validateOnly = false, brokerId = 1 } = options
  const { topics } = await world.ask(
    createTopicsRequest,
    createTopicsResponse,
    { topics: [{ numPartitions: -1, replicationFactor: -1, ...topic }], timeoutMs: 5000, validateOnly },
    { brokerId },
  )
  return topics.map(outcome).join()
}

async function describe(
  world: ClusterWorld,
  resourceType: number,
  resourceName: string,
  keys: string[] | null,
): Promise<DescribeConfigsResponse['results'][number]> {
  const { results } = await world.ask(describeConfigsRequest, describeConfigsResponse, {
    resources: [{ resourceType, resourceName, configurationKeys: keys }],
    includeSynonyms: true,
    includeDocumentation: true,
  })
  const [result] = results
  assert.ok(result !== undefined)
  return result
}

/** Value and synonyms of one key in one line. */
async function valueOf(world: ClusterWorld, resourceType: number, resourceName: string, key: string): Promise<string> {
  const { configs } = await describe(world, resourceType, resourceName, [key])
  return configs
    .map(({ value, synonyms }) => `${value} (${synonyms.map(({ name, source }) => `${source}:${name}`).join(' ')})`)
    .join()
}

async function alter(
  world: ClusterWorld,
  resourceType: number,
  resourceName: string,
  changes: readonly (readonly [operation: number | undefined, name: string, value: string | null])[],
  validateOnly = false,
): Promise<string> {
  const { responses } = await world.ask(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, {
    resources: [
      {
        resourceType,
        resourceName,
        configs: changes.map(([configOperation = -1, name, value]) => ({ name, configOperation, value })),
      },
    ],
    validateOnly,
  })
  return responses.map(outcome).join()
}

test('CreateTopics refuses what cannot be, with the reasons of Kafka', async () => {
  const world = await ClusterWorld.withZooKeeper('create topics')
  await world.startBroker(1, { 'num.partitions': '2' })
  const expectations: [topic: NewTopic, outcome: string | RegExp][] = [
    [{ name: 'plain' }, 'NONE'],
    [{ name: 'plain' }, "TOPIC_ALREADY_EXISTS: Topic 'plain' already exists."],
    [{ name: 'a.b' }, 'NONE'],
    [{ name: 'a_b' }, "INVALID_TOPIC_EXCEPTION: Topic 'a_b' collides with existing topics: a.b"],
    [{ name: '' }, 'INVALID_TOPIC_EXCEPTION: Topic name is invalid: the empty string is not allowed'],
    [{ name: '..' }, "INVALID_TOPIC_EXCEPTION: Topic name is invalid: '.' or '..' is not allowed"],
    [{ name: 'x'.repeat(250) }, /longer than the max allowed length 249/],
    [{ name: 'b!d' }, /contains one or more characters other than ASCII alphanumerics/],
    [{ name: 'none', numPartitions: 0 }, 'INVALID_PARTITIONS: Number of partitions must be larger than 0.'],
    [{ name: 'none', replicationFactor: 0 }, 'INVALID_REPLICATION_FACTOR: Replication factor must be larger than 0.'],
    [
      { name: 'three', replicationFactor: 3 },
      'INVALID_REPLICATION_FACTOR: Replication factor: 3 larger than available brokers: 1.',
    ],
    [
      { name: 'both', numPartitions: 1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
      /INVALID_REQUEST: Both numPartitions or replicationFactor and replicasAssignments were set/,
    ],
    [{ name: 'twice', assignments: [{ partitionIndex: 0, brokerIds: [1, 1] }] }, /Duplicate replica assignment found/],
    [{ name: 'gap', assignments: [{ partitionIndex: 1, brokerIds: [1] }] }, /consecutive 0-based integer sequence/],
    [
      {
        name: 'uneven',
        assignments: [
          { partitionIndex: 0, brokerIds: [1] },
          { partitionIndex: 1, brokerIds: [1, 2] },
        ],
      },
      /All partitions should have the same number of replicas/,
    ],
    [
      { name: 'key', configs: [{ name: 'retention.msec', value: '1' }] },
      'INVALID_CONFIG: Unknown topic config name: retention.msec. Did you mean retention.ms?',
    ],
    [
      { name: 'value', configs: [{ name: 'retention.ms', value: 'soon' }] },
      'INVALID_CONFIG: Invalid value soon for configuration retention.ms: Not a number of type LONG',
    ],
    [
      { name: 'null', configs: [{ name: 'retention.ms', value: null }] },
      'INVALID_CONFIG: Null value not supported for topic configs: retention.ms',
    ],
    [{ name: '__cluster_metadata' }, /INVALID_REQUEST: Creation of internal topic __cluster_metadata is prohibited/],
  ]
  for (const [topic, expected] of expectations) {
    const actual = await create(world, topic)
    if (typeof expected === 'string') assert.equal(actual, expected, topic.name)
    else assert.match(actual, expected, topic.name)
  }
  assert.equal(await create(world, { name: 'only-checked' }, { validateOnly: true }), 'NONE')
  assert.equal((await world.dump()).has('/brokers/topics/only-checked'), false)
})

test('CreateTopics answers with what the topic got', async () => {
  const world = await ClusterWorld.withZooKeeper('create answers')
  await world.startBroker(1, { 'num.partitions': '4', 'log.retention.hours': '2' })
  const { topics } = await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [
      {
        name: 'made',
        numPartitions: -1,
        replicationFactor: -1,
        configs: [{ name: 'cleanup.policy', value: 'compact' }],
      },
    ],
    timeoutMs: 5000,
  })
  const [made] = topics
  assert.equal(made?.numPartitions, 4)
  assert.equal(made.replicationFactor, 1)
  assert.match(made.topicId, /^[\w-]{22}$/)
  const configs = new Map(made.configs?.map((config) => [config.name, config]))
  assert.equal(configs.size, 36)
  assert.deepEqual(configs.get('cleanup.policy'), {
    name: 'cleanup.policy',
    value: 'compact',
    readOnly: false,
    configSource: 1,
    isSensitive: false,
  })
  assert.equal(configs.get('retention.ms')?.value, '7200000')
  // As Kafka: what counts was set under another name.
  assert.equal(configs.get('retention.ms')?.configSource, 5)
})

test('only the controller creates, extends and deletes topics', async () => {
  const world = await ClusterWorld.withZooKeeper('not controller')
  await world.startBroker(1)
  await world.startBroker(2)
  assert.match(await create(world, { name: 't' }, { brokerId: 2 }), /^NOT_CONTROLLER/)
  const { responses } = await world.ask(
    deleteTopicsRequest,
    deleteTopicsResponse,
    { topics: [{ name: 't' }], timeoutMs: 1000 },
    { brokerId: 2 },
  )
  assert.deepEqual(
    responses.map(({ errorCode }) => errorOf(errorCode).name),
    ['NOT_CONTROLLER'],
  )
})

test('a topic is extended, and deleted by name and by id', async () => {
  const world = await ClusterWorld.withZooKeeper('delete topics')
  await world.startBroker(1)
  await create(world, { name: 'grows', numPartitions: 1 })
  const extend = async (count: number, assignments: number[][] | null = null): Promise<string> => {
    const { results } = await world.ask(createPartitionsRequest, createPartitionsResponse, {
      topics: [{ name: 'grows', count, assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null }],
      timeoutMs: 5000,
    })
    return results.map(outcome).join()
  }
  assert.equal(await extend(3), 'NONE')
  assert.equal(await extend(3), 'INVALID_PARTITIONS: Topic already has 3 partitions.')
  assert.match(await extend(2), /INVALID_PARTITIONS: Topic currently has 3 partitions, which is higher/)
  assert.match(await extend(4, [[9]]), /INVALID_REPLICA_ASSIGNMENT: Unknown broker\(s\) in replica assignment: 9/)
  assert.match(await extend(4, [[1], [1]]), /by 1 but 2 assignments provided/)
  assert.equal(await extend(4, [[1]]), 'NONE')

  const { topics } = await world.ask(createTopicsRequest, createTopicsResponse, {
    topics: [{ name: 'by-id', numPartitions: 1, replicationFactor: 1 }],
    timeoutMs: 5000,
  })
  const topicId = topics[0]?.topicId ?? ''
  const { responses } = await world.ask(deleteTopicsRequest, deleteTopicsResponse, {
    topics: [{ name: 'grows' }, { name: null, topicId }, { name: 'nowhere' }],
    timeoutMs: 5000,
  })
  assert.deepEqual(
    responses.map(({ name, errorCode }) => [name, errorOf(errorCode).name]),
    [
      ['grows', 'NONE'],
      ['by-id', 'NONE'],
      ['nowhere', 'UNKNOWN_TOPIC_OR_PARTITION'],
    ],
  )
  await world.pass(1000)
  const tree = await world.dump()
  for (const path of ['/brokers/topics/grows', '/config/topics/grows', '/admin/delete_topics/grows']) {
    assert.equal(tree.has(path), false, path)
  }
  // A new topic of the same name has nothing of the old one.
  assert.equal(await create(world, { name: 'grows' }), 'NONE')
})

test('what an answer says has happened can be relied on at once', async () => {
  for (let seed = 0; seed < 10; seed++) {
    const world = await ClusterWorld.withZooKeeper(`at once ${seed}`)
    await world.startBroker(1)
    const records = encodeRecordBatch({ records: [{ value: Buffer.from('x') }] })
    const produce = async (partition: number): Promise<string> => {
      const { responses } = await world.ask(
        produceRequest,
        produceResponse,
        { acks: -1, timeoutMs: 5000, topicData: [{ name: 't', partitionData: [{ index: partition, records }] }] },
        { version: 12 },
      )
      return responses.flatMap(({ partitionResponses }) => partitionResponses.map(outcome)).join()
    }
    for (const retentionMs of ['1000', '2000']) {
      const configs = [{ name: 'retention.ms', value: retentionMs }]
      assert.equal(await create(world, { name: 't', numPartitions: 2, configs }), 'NONE')
      assert.equal(await valueOf(world, TOPIC, 't', 'retention.ms'), `${retentionMs} (1:retention.ms)`)
      assert.equal(await produce(1), 'NONE')
      const { results } = await world.ask(createPartitionsRequest, createPartitionsResponse, {
        topics: [{ name: 't', count: 3, assignments: null }],
        timeoutMs: 5000,
      })
      assert.equal(results.map(outcome).join(), 'NONE')
      assert.equal(await produce(2), 'NONE')
      const { responses } = await world.ask(deleteTopicsRequest, deleteTopicsResponse, {
        topics: [{ name: 't' }],
        timeoutMs: 5000,
      })
      assert.equal(responses.map(outcome).join(), 'NONE')
      assert.match(await produce(0), /^UNKNOWN_TOPIC_OR_PARTITION/)
    }
  }
})

test('topics show where each value comes from, and changes take effect', async () => {
  const world = await ClusterWorld.withZooKeeper('topic configs')
  await world.startBroker(1, { 'log.retention.minutes': '30' })
  await create(world, { name: 't', configs: [{ name: 'max.message.bytes', value: '2000' }] })
  // As Kafka: only log.retention.ms and what comes after it is named.
  assert.equal(await valueOf(world, TOPIC, 't', 'retention.ms'), '1800000 ()')
  assert.equal(await valueOf(world, TOPIC, 't', 'max.message.bytes'), '2000 (1:max.message.bytes 5:message.max.bytes)')
  assert.equal((await describe(world, TOPIC, 't', null)).configs.length, 36)

  const changes = [
    [SET, 'retention.ms', '1000'],
    [DELETE, 'max.message.bytes', null],
    [APPEND, 'cleanup.policy', 'compact'],
  ] as const
  assert.equal(await alter(world, TOPIC, 't', changes, true), 'NONE')
  assert.equal(await valueOf(world, TOPIC, 't', 'cleanup.policy'), 'delete (5:log.cleanup.policy)')
  assert.equal(await alter(world, TOPIC, 't', changes), 'NONE')
  assert.equal(await valueOf(world, TOPIC, 't', 'retention.ms'), '1000 (1:retention.ms)')
  assert.equal(await valueOf(world, TOPIC, 't', 'max.message.bytes'), '1048588 (5:message.max.bytes)')
  assert.equal(
    await valueOf(world, TOPIC, 't', 'cleanup.policy'),
    'delete,compact (1:cleanup.policy 5:log.cleanup.policy)',
  )
  assert.equal(await alter(world, TOPIC, 't', [[SUBTRACT, 'cleanup.policy', 'delete']]), 'NONE')
  const dumped = (await world.dump()).get('/config/topics/t')
  assert.equal(dumped?.data, '{"version":1,"config":{"retention.ms":"1000","cleanup.policy":"compact"}}')

  const refused: [resource: string, changes: Parameters<typeof alter>[3], outcome: RegExp][] = [
    ['nowhere', [[SET, 'retention.ms', '1']], /^UNKNOWN_TOPIC_OR_PARTITION/],
    [
      't',
      [[SET, 'retention.ms', 'x']],
      /^INVALID_CONFIG: Invalid config value for .*name='t'\): Invalid value x for configuration retention.ms/,
    ],
    ['t', [[SET, 'min.insync.replicas', '0']], /Value must be at least 1/],
    ['t', [[SET, 'cleanup.policy', 'shred']], /String must be one of: compact, delete/],
    ['t', [[SET, 'retention.ms', null]], /^INVALID_REQUEST: Null value not supported for : retention.ms/],
    ['t', [[APPEND, 'retention.ms', '1']], /append is not allowed for config key: retention.ms/],
    [
      't',
      [
        [SET, 'retention.ms', '1'],
        [DELETE, 'retention.ms', null],
      ],
      /duplicate config keys: retention.ms/,
    ],
    ['', [[SET, 'retention.ms', '1']], /Default topic resources are not allowed/],
  ]
  for (const [resource, wanted, expected] of refused)
    assert.match(await alter(world, TOPIC, resource, wanted), expected)
})

test('brokers take what is set for them, or for all, while they run', async () => {
  const world = await ClusterWorld.withZooKeeper('broker configs')
  await world.startBroker(1, { 'log.retention.ms': '5000' })
  await create(world, { name: 't' })
  assert.equal(await alter(world, BROKER, '', [[SET, 'log.retention.ms', '7000']]), 'NONE')
  assert.equal(
    await valueOf(world, BROKER, '1', 'log.retention.ms'),
    '7000 (3:log.retention.ms 4:log.retention.ms 5:log.retention.hours)',
  )
  assert.equal(await alter(world, BROKER, '1', [[SET, 'log.retention.ms', '9000']]), 'NONE')
  assert.match(await valueOf(world, BROKER, '1', 'log.retention.ms'), /^9000 \(2:log.retention.ms 3:/)
  assert.match(await valueOf(world, TOPIC, 't', 'retention.ms'), /^9000 \(2:log.retention.ms/)
  assert.deepEqual(
    (await describe(world, BROKER, '', null)).configs.map(({ name, value }) => [name, value]),
    [['log.retention.ms', '7000']],
  )
  // They are still there after a restart.
  await world.stopBroker(1)
  await world.startBroker(1, { 'log.retention.ms': '5000' })
  assert.match(await valueOf(world, BROKER, '1', 'log.retention.ms'), /^9000 /)
  assert.equal(await alter(world, BROKER, '1', [[DELETE, 'log.retention.ms', null]]), 'NONE')
  assert.match(await valueOf(world, BROKER, '1', 'log.retention.ms'), /^7000 /)

  assert.match(
    await alter(world, BROKER, '1', [[SET, 'broker.rack', 'r1']]),
    /^INVALID_REQUEST: Cannot update these configs dynamically: broker.rack/,
  )
  assert.match(
    await alter(world, BROKER, '', [[SET, 'advertised.listeners', 'PLAINTEXT://elsewhere:1']]),
    /at default cluster level/,
  )
  assert.match(await alter(world, BROKER, '7', [[SET, 'log.retention.ms', '1']]), /Unexpected broker id, expected 1/)
  const { configs } = await describe(world, BROKER, '1', ['broker.rack', 'log.retention.ms'])
  assert.deepEqual(
    configs.map(({ name, readOnly }) => [name, readOnly]),
    [
      ['broker.rack', true],
      ['log.retention.ms', false],
    ],
  )
})

test('a broker announces other addresses while it runs', async () => {
  const world = await ClusterWorld.withZooKeeper('advertised listeners')
  await world.startBroker(1)
  const change = [[SET, 'advertised.listeners', 'PLAINTEXT://kafka.example.org:443']] as const
  assert.equal(await alter(world, BROKER, '1', change), 'NONE')
  // The addresses take the way over the controller.
  await world.pass(100)
  const { brokers } = await world.ask(metadataRequest, metadataResponse, { topics: [] })
  assert.deepEqual(
    brokers.map(({ nodeId, host, port }) => [nodeId, host, port]),
    [[1, 'kafka.example.org', 443]],
  )
  assert.match(
    await alter(world, BROKER, '1', [[SET, 'advertised.listeners', 'OTHER://x:1']]),
    /^INVALID_REQUEST: .*no security protocol is defined for listener OTHER/,
  )
})

test('a broker opens and closes listeners while it runs', async () => {
  const world = await ClusterWorld.withZooKeeper('dynamic listeners')
  await world.startBroker(1)
  const added = [
    [SET, 'listener.security.protocol.map', 'PLAINTEXT:PLAINTEXT,EXTRA:PLAINTEXT'],
    [SET, 'listeners', 'PLAINTEXT://broker-1:9092,EXTRA://broker-1:9095'],
  ] as const
  assert.equal(await alter(world, BROKER, '1', added), 'NONE')
  await world.pass(1000)
  const { env } = world.simulation.machine('client')
  const connect = (): Promise<BrokerConnection> =>
    world.simulation.runUntil(BrokerConnection.connect(env, { host: 'broker-1', port: 9095, clientId: 'test' }))
  const connection = await connect()
  const { brokers } = await world.simulation.runUntil(
    connection.send(metadataRequest, metadataResponse, 9, { topics: [] }),
  )
  assert.deepEqual(
    brokers.map(({ port }) => port),
    [9095],
  )
  const removed = [[DELETE, 'listeners', null]] as const
  assert.equal(await alter(world, BROKER, '1', removed), 'NONE')
  await world.pass(1000)
  await assert.rejects(connect)
})

test('what a topic accepts changes with its configuration', async () => {
  const world = await ClusterWorld.withZooKeeper('max message bytes')
  await world.startBroker(1)
  await create(world, { name: 't', numPartitions: 1 })
  const records = encodeRecordBatch({
    records: [{ timestampMs: 0, key: null, value: Buffer.alloc(1000), headers: [] }],
  })
  const produce = async (): Promise<string> => {
    const { responses } = await world.ask(
      produceRequest,
      produceResponse,
      { acks: -1, timeoutMs: 1000, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] },
      { version: 9 },
    )
    return responses
      .flatMap(({ partitionResponses }) => partitionResponses.map(({ errorCode }) => errorOf(errorCode).name))
      .join()
  }
  assert.equal(await produce(), 'NONE')
  assert.equal(await alter(world, TOPIC, 't', [[SET, 'max.message.bytes', '500']]), 'NONE')
  assert.equal(await produce(), 'MESSAGE_TOO_LARGE')
  assert.equal(await alter(world, TOPIC, 't', [[DELETE, 'max.message.bytes', null]]), 'NONE')
  assert.equal(await produce(), 'NONE')
  assert.equal(await alter(world, BROKER, '', [[SET, 'message.max.bytes', '500']]), 'NONE')
  assert.equal(await produce(), 'MESSAGE_TOO_LARGE')
})
