// What both brokers are asked: for every API that both answer some good requests and some bad ones. `mutations.ts` makes more of each.
import { crc32c } from '@odradek/base'
import { encodeRecordBatch } from '@odradek/kafka-protocol'
import type { RecordBatchInput } from '@odradek/kafka-protocol'

/** A message's value, before it is known which version's. */
export type Value = Readonly<Record<string, unknown>>

/** What a request names that is another on each broker, and on each request. */
export interface Names {
  readonly topicId: (topic: string) => string
  readonly logDir: string
  /** The same on both brokers, another for each request. */
  readonly serial: number
}

export interface Case {
  readonly apiKey: number
  readonly title: string
  readonly value: (names: Names) => Value
  /** Its values are not varied. */
  readonly isFinal?: boolean
}

/** The topics that both brokers have. */
export const topics: readonly { readonly name: string; readonly partitions: number; readonly configs: Value }[] = [
  { name: 'two', partitions: 2, configs: {} },
  { name: 'three', partitions: 3, configs: {} },
  { name: 'small', partitions: 1, configs: { 'max.message.bytes': '1000' } },
  { name: 'compacted', partitions: 1, configs: { 'cleanup.policy': 'compact' } },
  { name: 'zstd', partitions: 1, configs: { 'compression.type': 'zstd' } },
  { name: 'twice', partitions: 1, configs: {} },
  { name: 'trailing', partitions: 1, configs: {} },
  { name: 'appended', partitions: 1, configs: { 'message.timestamp.type': 'LogAppendTime' } },
]

const timeMs = 1_700_000_000_000

export function batch(input: Partial<RecordBatchInput> = {}): Buffer {
  const records = [0, 1, 2].map((index) => {
    return { timestampMs: timeMs + index * 10, key: Buffer.from(`k${index}`), value: Buffer.from(`v${index}`) }
  })
  return encodeRecordBatch({ records, ...input })
}

function list(apiKey: number, values: Readonly<Record<string, Case['value']>>, more: Partial<Case> = {}): Case[] {
  return Object.entries(values).map(([title, value]) => {
    return { apiKey, title, value, ...more }
  })
}

function produce(topic: string, records: Buffer | null, more: Value = {}): Case['value'] {
  return ({ topicId }) => {
    const topicData = [{ name: topic, topicId: topicId(topic), partitionData: [{ index: 0, records }] }]
    return { acks: -1, timeoutMs: 5000, topicData, ...more }
  }
}

function corrupted(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 0xff
  return copy
}

/** As it would be sent: the checksum fits. */
function withCodec(bytes: Buffer, codec: number): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeInt16BE(codec, 21)
  copy.writeUInt32BE(crc32c(copy.subarray(21)), 17)
  return copy
}

const emptyValue = { records: [{ timestampMs: timeMs, value: Buffer.from('v') }] }
const produceCases = [
  ...list(0, {
    'three records': produce('two', batch()),
    'to a topic that is not there': produce('missing', batch()),
    'acks of 1': produce('two', batch(), { acks: 1 }),
  }),
  ...list(
    0,
    {
      'one batch too large': produce('small', batch({ records: [{ timestampMs: timeMs, value: Buffer.alloc(2000) }] })),
      'two batches': produce('two', Buffer.concat([batch(), batch()])),
      'no records': produce('two', null),
      'records of no bytes': produce('two', Buffer.alloc(0)),
      'a wrong CRC': produce('two', corrupted(batch(), 70)),
      'an unknown magic': produce('two', corrupted(batch(), 16)),
      'an unknown codec': produce('two', withCodec(batch(), 6)),
      'a batch cut short': produce('two', batch().subarray(0, 80)),
      'bytes behind the batch': produce('trailing', Buffer.concat([batch(), Buffer.alloc(5)])),
      'a wrong record count': produce('two', corrupted(batch(), 60)),
      'a base offset that is not 0': produce('two', batch({ baseOffset: 7 })),
      'a control batch': produce('two', batch({ isControl: true })),
      'a batch of a transaction': produce(
        'two',
        batch({ isTransactional: true, producerId: 5, producerEpoch: 0, baseSequence: 0 }),
      ),
      'no keys to a compacted topic': produce('compacted', batch(emptyValue)),
      'keys to a compacted topic': produce('compacted', batch()),
      'gzip to a topic of zstd': produce('zstd', batch({ compression: 'gzip' })),
      'times given where the broker sets them': produce('appended', batch()),
      'a time far ahead': produce('two', batch({ records: [{ timestampMs: timeMs * 3, value: Buffer.from('v') }] })),
      'a negative time': produce('two', batch({ records: [{ timestampMs: -5, value: Buffer.from('v') }] })),
      ...Object.fromEntries(
        (['gzip', 'snappy', 'lz4', 'zstd'] as const).map((compression) => [
          `three records in ${compression}`,
          produce('two', batch({ compression })),
        ]),
      ),
      ...Object.fromEntries(
        (
          [
            [0, 0],
            [0, 0],
            [0, 3],
            [0, 9],
            [1, 0],
            [0, 6],
            [1, 3],
          ] as const
        ).map(([producerEpoch, baseSequence], index) => [
          `idempotent ${index}: epoch ${producerEpoch}, sequence ${baseSequence}`,
          produce('two', batch({ producerId: 4000, producerEpoch, baseSequence })),
        ]),
      ),
      'an unknown producer in the middle': produce(
        'two',
        batch({ producerId: 4001, producerEpoch: 3, baseSequence: 17 }),
      ),
      'a producer of no epoch': produce('two', batch({ producerId: 4002, producerEpoch: -1, baseSequence: 0 })),
      'a producer of no sequence': produce('two', batch({ producerId: 4003, producerEpoch: 0, baseSequence: -1 })),
      'a transactional id': produce('two', batch(), { transactionalId: 't' }),
      'twice to a partition': ({ topicId }) => {
        const partition = { index: 0, records: batch() }
        const topicData = [{ name: 'twice', topicId: topicId('twice'), partitionData: [partition, partition] }]
        return { acks: -1, timeoutMs: 5000, topicData }
      },
    },
    { isFinal: true },
  ),
]

const fetchPartition = { partition: 0, fetchOffset: 0n, partitionMaxBytes: 1_000_000 }

function fetch(partition: Value, more: Value = {}): Case['value'] {
  return ({ topicId }) => {
    const topic = { topic: 'two', topicId: topicId('two'), partitions: [{ ...fetchPartition, ...partition }] }
    return {
      replicaId: -1,
      maxWaitMs: 50,
      minBytes: 1,
      maxBytes: 1_000_000,
      sessionEpoch: -1,
      topics: [topic],
      ...more,
    }
  }
}

const fetchCases = [
  ...list(1, {
    'the beginning': fetch({}),
    'in a new session': fetch({}, { sessionEpoch: 0 }),
    'committed transactions only': fetch({}, { isolationLevel: 1 }),
  }),
  ...list(
    1,
    {
      'behind the end': fetch({ fetchOffset: 1_000_000n }),
      'a partition that is not there': fetch({ partition: 9 }),
      'one byte of each': fetch({ partitionMaxBytes: 1 }, { maxBytes: 1 }),
      'an epoch of the future': fetch({ currentLeaderEpoch: 5 }),
      'a last fetched epoch': fetch({ currentLeaderEpoch: 0, lastFetchedEpoch: 0 }),
      'a last fetched epoch of the future': fetch({ lastFetchedEpoch: 8 }),
      'a session that is not there': fetch({}, { sessionId: 12345, sessionEpoch: 1 }),
      nothing: () => ({ maxWaitMs: 10, minBytes: 0, topics: [] }),
      'forgotten topics of no session': ({ topicId }) => {
        const forgottenTopicsData = [{ topic: 'two', topicId: topicId('two'), partitions: [0] }]
        return { maxWaitMs: 10, minBytes: 0, topics: [], forgottenTopicsData }
      },
      'as a follower that is none': fetch({}, { replicaId: 7 }),
    },
    { isFinal: true },
  ),
]

const listOffsets = (partition: Value, more: Value = {}): Case['value'] => {
  return () => ({
    replicaId: -1,
    topics: [{ name: 'two', partitions: [{ partitionIndex: 0, timestamp: -1n, ...partition }] }],
    ...more,
  })
}

const offsetCases = [
  ...list(2, { 'the end': listOffsets({}), 'by time': listOffsets({ timestamp: BigInt(timeMs + 5) }) }),
  ...list(
    2,
    Object.fromEntries(
      [-7n, -6n, -5n, -4n, -3n, -2n, 0n, BigInt(timeMs + 20), BigInt(timeMs * 4)].map((timestamp) => [
        `time ${timestamp}`,
        listOffsets({ timestamp }),
      ]),
    ),
    { isFinal: true },
  ),
  ...list(23, {
    'epoch 0': () => ({
      replicaId: -1,
      topics: [{ topic: 'two', partitions: [{ partition: 0, currentLeaderEpoch: -1, leaderEpoch: 0 }] }],
    }),
    'epoch 7': () => ({
      replicaId: -1,
      topics: [{ topic: 'two', partitions: [{ partition: 0, currentLeaderEpoch: 0, leaderEpoch: 7 }] }],
    }),
  }),
  ...list(21, {
    'up to 2': () => ({ topics: [{ name: 'two', partitions: [{ partitionIndex: 0, offset: 2n }] }], timeoutMs: 3000 }),
    'a topic that is not there': () => ({
      topics: [{ name: 'missing', partitions: [{ partitionIndex: 0, offset: 2n }] }],
      timeoutMs: 3000,
    }),
  }),
]

const metadataCases = [
  ...list(3, {
    'a topic': () => ({ topics: [{ name: 'two' }], allowAutoTopicCreation: false }),
    'all topics': () => ({ topics: null, allowAutoTopicCreation: false }),
    'no topics': () => ({ topics: [], allowAutoTopicCreation: false }),
    'with operations': () => ({
      topics: [{ name: 'two' }],
      allowAutoTopicCreation: false,
      includeTopicAuthorizedOperations: true,
    }),
    'by id': ({ topicId }) => ({ topics: [{ name: null, topicId: topicId('two') }], allowAutoTopicCreation: false }),
    'a topic that is not there': () => ({ topics: [{ name: 'missing' }], allowAutoTopicCreation: false }),
  }),
  ...list(60, { 'the cluster': () => ({ includeClusterAuthorizedOperations: true }) }),
  ...list(18, { 'the versions': () => ({ clientSoftwareName: 'judge', clientSoftwareVersion: '1.0' }) }),
]

const inGroup = { groupId: 'judged', memberId: '' }
const consumer = { protocolType: 'consumer', protocols: [{ name: 'range', metadata: Buffer.alloc(4) }] }

const groupCases = [
  ...list(8, {
    'by no member': () => ({
      ...inGroup,
      topics: [{ name: 'two', partitions: [{ partitionIndex: 0, committedOffset: 5n, committedMetadata: 'm' }] }],
    }),
    'by a stranger': () => ({
      ...inGroup,
      memberId: 'stranger',
      generationIdOrMemberEpoch: 3,
      topics: [{ name: 'two', partitions: [{ partitionIndex: 0, committedOffset: 5n, committedMetadata: null }] }],
    }),
  }),
  ...list(9, {
    'some partitions': () => ({ groupId: 'judged', topics: [{ name: 'two', partitionIndexes: [0, 1, 9] }] }),
    'all partitions': () => ({ groupId: 'judged', topics: null }),
    groups: () => ({
      groups: [
        { groupId: 'judged', topics: [{ name: 'two', partitionIndexes: [0, 1] }] },
        { groupId: 'other', topics: null },
      ],
    }),
  }),
  ...list(10, {
    'of a group': () => ({ key: 'judged', keyType: 0 }),
    'of groups': () => ({ coordinatorKeys: ['judged', 'other'], keyType: 0 }),
    'of a transaction': () => ({ coordinatorKeys: ['t'], keyType: 1 }),
  }),
  ...list(11, {
    'a new member': ({ serial }) => ({
      groupId: `joined-${serial}`,
      sessionTimeoutMs: 300_000,
      rebalanceTimeoutMs: 300_000,
      memberId: '',
      ...consumer,
    }),
    'a stranger': ({ serial }) => ({
      groupId: `joined-${serial}`,
      sessionTimeoutMs: 300_000,
      rebalanceTimeoutMs: 300_000,
      memberId: 'stranger',
      ...consumer,
    }),
  }),
  ...list(12, { 'of a stranger': () => ({ groupId: 'judged', generationId: 1, memberId: 'stranger' }) }),
  ...list(13, {
    'of a stranger': () => ({ groupId: 'judged', memberId: 'stranger' }),
    'of strangers': () => ({
      groupId: 'judged',
      members: [{ memberId: 'stranger' }, { memberId: '', groupInstanceId: 'i' }],
    }),
  }),
  ...list(14, {
    'of a stranger': () => ({ groupId: 'judged', generationId: 1, memberId: 'stranger', assignments: [] }),
  }),
  ...list(15, {
    'two groups': () => ({ groups: ['judged', 'not-there'] }),
    operations: () => ({ groups: ['judged'], includeAuthorizedOperations: true }),
  }),
  ...list(16, {
    all: () => ({}),
    'empty ones': () => ({ statesFilter: ['Empty'] }),
    'of a type': () => ({ statesFilter: [], typesFilter: ['classic'] }),
    'of a state that is none': () => ({ statesFilter: ['Strange'] }),
  }),
  ...list(47, {
    offsets: () => ({
      groupId: 'judged',
      topics: [{ name: 'two', partitions: [{ partitionIndex: 0 }, { partitionIndex: 9 }] }],
    }),
    'of a group that is not there': () => ({
      groupId: 'not-there',
      topics: [{ name: 'two', partitions: [{ partitionIndex: 0 }] }],
    }),
  }),
  ...list(42, { 'one that is there': () => ({ groupsNames: ['judged', 'not-there'] }) }),
]

const topicCases = [
  ...list(19, {
    'a new one': ({ serial }) => ({
      topics: [
        {
          name: `made-${serial}`,
          numPartitions: 2,
          replicationFactor: 1,
          configs: [{ name: 'retention.ms', value: '90000' }],
        },
      ],
      timeoutMs: 5000,
    }),
    'only asked': ({ serial }) => ({
      topics: [{ name: `asked-${serial}`, numPartitions: 2, replicationFactor: 1 }],
      timeoutMs: 5000,
      validateOnly: true,
    }),
    'placed by hand': ({ serial }) => ({
      topics: [
        {
          name: `placed-${serial}`,
          numPartitions: -1,
          replicationFactor: -1,
          assignments: [{ partitionIndex: 0, brokerIds: [1] }],
        },
      ],
      timeoutMs: 5000,
    }),
    'one that is there': () => ({ topics: [{ name: 'two', numPartitions: 2, replicationFactor: 1 }], timeoutMs: 5000 }),
  }),
  ...list(37, {
    'more partitions': ({ serial }) => ({
      topics: [{ name: 'three', count: 3 + (serial % 5), assignments: null }],
      timeoutMs: 5000,
      validateOnly: true,
    }),
    'placed by hand': () => ({
      topics: [{ name: 'three', count: 4, assignments: [{ brokerIds: [1] }] }],
      timeoutMs: 5000,
      validateOnly: true,
    }),
    'of a topic that is not there': () => ({
      topics: [{ name: 'missing', count: 3, assignments: null }],
      timeoutMs: 5000,
    }),
  }),
  ...list(20, {
    'by name': ({ serial }) => ({ topicNames: [`made-${serial}`], timeoutMs: 5000 }),
    'by name in the newer form': ({ serial }) => ({ topics: [{ name: `made-${serial}` }], timeoutMs: 5000 }),
    'by an id that is none': () => ({ topics: [{ name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' }], timeoutMs: 5000 }),
  }),
]

function configs(apiKey: number, operation: Value): Case[] {
  const change = (resourceType: number, resourceName: string, name: string, value: string | null): Case['value'] => {
    return () => ({
      resources: [{ resourceType, resourceName, configs: [{ name, value, ...operation }] }],
      validateOnly: false,
    })
  }
  return list(apiKey, {
    'of a topic': change(2, 'two', 'retention.ms', '86400000'),
    'of a broker': change(4, '1', 'log.cleaner.threads', '2'),
    'of all brokers': change(4, '', 'log.cleaner.threads', '1'),
    'a value that is none': change(2, 'two', 'retention.ms', 'soon'),
    'a key that is none': change(2, 'two', 'no.such.key', '1'),
    'no value': change(2, 'two', 'retention.ms', null),
    'of a kind that is none': change(99, 'two', 'retention.ms', '1'),
  })
}

const configCases = [
  ...list(32, {
    'some of a topic': () => ({
      resources: [
        {
          resourceType: 2,
          resourceName: 'small',
          configurationKeys: ['max.message.bytes', 'cleanup.policy', 'no.such.key'],
        },
      ],
      includeSynonyms: true,
    }),
    'all of a topic': () => ({
      resources: [{ resourceType: 2, resourceName: 'small', configurationKeys: null }],
      includeSynonyms: true,
      includeDocumentation: true,
    }),
    'some of a broker': () => ({
      resources: [
        {
          resourceType: 4,
          resourceName: '1',
          configurationKeys: ['num.partitions', 'log.retention.ms', 'min.insync.replicas'],
        },
      ],
      includeSynonyms: true,
    }),
    'of all brokers': () => ({ resources: [{ resourceType: 4, resourceName: '', configurationKeys: null }] }),
    'of a topic that is not there': () => ({
      resources: [{ resourceType: 2, resourceName: 'missing', configurationKeys: null }],
    }),
  }),
  ...list(
    32,
    {
      'all of a broker': () => ({
        resources: [{ resourceType: 4, resourceName: '1', configurationKeys: null }],
        includeSynonyms: true,
      }),
    },
    { isFinal: true },
  ),
  ...configs(33, {}),
  ...configs(44, { configOperation: 0 }),
  ...list(48, {
    'of clients': () => ({ components: [{ entityType: 'client-id', matchType: 2, match: null }], strict: false }),
    'of a client': () => ({ components: [{ entityType: 'client-id', matchType: 0, match: 'limited' }], strict: true }),
  }),
  ...list(49, {
    'of a client': () => ({
      entries: [
        {
          entity: [{ entityType: 'client-id', entityName: 'limited' }],
          ops: [{ key: 'producer_byte_rate', value: 1e9, remove: false }],
        },
      ],
    }),
    removed: () => ({
      entries: [
        {
          entity: [{ entityType: 'client-id', entityName: 'limited' }],
          ops: [{ key: 'producer_byte_rate', value: 0, remove: true }],
        },
      ],
    }),
    'only asked': () => ({
      entries: [
        {
          entity: [{ entityType: 'user', entityName: null }],
          ops: [{ key: 'consumer_byte_rate', value: 1e9, remove: false }],
        },
      ],
      validateOnly: true,
    }),
  }),
]

const otherCases = [
  ...list(22, { 'an idempotent producer': () => ({ transactionalId: null, transactionTimeoutMs: 60_000 }) }),
  ...list(35, { all: () => ({ topics: null }), some: () => ({ topics: [{ topic: 'three', partitions: [0, 9] }] }) }),
  ...list(34, {
    'a directory that is none': () => ({
      dirs: [{ path: '/no/such/directory', topics: [{ name: 'two', partitions: [0] }] }],
    }),
  }),
  ...list(43, {
    preferred: () => ({ electionType: 0, topicPartitions: [{ topic: 'two', partitions: [0, 9] }], timeoutMs: 3000 }),
    unclean: () => ({ electionType: 1, topicPartitions: [{ topic: 'two', partitions: [0] }], timeoutMs: 3000 }),
    all: () => ({ electionType: 0, topicPartitions: null, timeoutMs: 3000 }),
  }),
  ...list(61, { 'of a partition': () => ({ topics: [{ name: 'three', partitionIndexes: [0, 9] }] }) }),
  ...list(67, { 'of a broker of the past': () => ({ brokerId: 1, brokerEpoch: 3n }) }, { isFinal: true }),
  ...list(7, { 'of a broker of the past': () => ({ brokerId: 1, brokerEpoch: 3n }) }, { isFinal: true }),
  ...[4, 5, 6].flatMap((apiKey) =>
    list(
      apiKey,
      { 'by a controller of the past': () => ({ controllerId: 1, controllerEpoch: 0, brokerEpoch: -1n }) },
      { isFinal: true },
    ),
  ),
]

const reassigned = (name: string, partitionIndex: number, replicas: readonly number[] | null) => (): Value => ({
  timeoutMs: 5000,
  topics: [{ name, partitions: [{ partitionIndex, replicas }] }],
})

const reassignmentCases = [
  ...list(45, {
    'to where it is': reassigned('two', 0, [1]),
    'to another broker': reassigned('two', 0, [9]),
    'to more brokers': reassigned('two', 0, [1, 9]),
    'to a broker twice': reassigned('two', 0, [1, 1]),
    'to none': reassigned('two', 0, []),
    'not any more': reassigned('two', 0, null),
    'of a topic that is not there': reassigned('missing', 0, [1]),
    'of a topic that is not there, to another broker': reassigned('missing', 0, [9]),
    'of a topic that is not there, not any more': reassigned('missing', 0, null),
    'of several': () => ({
      timeoutMs: 5000,
      topics: [
        { name: 'two', partitions: [{ partitionIndex: 1, replicas: [1] }] },
        {
          name: 'three',
          partitions: [
            { partitionIndex: 2, replicas: [1] },
            { partitionIndex: 9, replicas: [1] },
          ],
        },
      ],
    }),
  }),
  ...list(46, {
    'all that are under way': () => ({ timeoutMs: 5000, topics: null }),
    'of partitions': () => ({
      timeoutMs: 5000,
      topics: [
        { name: 'two', partitionIndexes: [0, 9] },
        { name: 'missing', partitionIndexes: [0] },
      ],
    }),
  }),
]

const saltedPassword = Buffer.alloc(32, 1)
const scram = (name: string, more: Value = {}): Value => ({
  name,
  mechanism: 1,
  iterations: 4096,
  salt: Buffer.from('salt'),
  saltedPassword,
  ...more,
})

const scramCases = [
  ...list(51, {
    'a credential': () => ({ deletions: [], upsertions: [scram('ada')] }),
    'two credentials': () => ({ deletions: [], upsertions: [scram('eve'), scram('eve', { mechanism: 2 })] }),
    'one for another': () => ({
      deletions: [{ name: 'eve', mechanism: 1 }],
      upsertions: [scram('eve', { mechanism: 2 })],
    }),
    'the same twice': () => ({ deletions: [{ name: 'eve', mechanism: 1 }], upsertions: [scram('eve')] }),
    'too few iterations': () => ({ deletions: [], upsertions: [scram('few', { iterations: 4095 })] }),
    'too many iterations': () => ({ deletions: [], upsertions: [scram('many', { iterations: 16_385 })] }),
    'one that is not there goes': () => ({ deletions: [{ name: 'nobody', mechanism: 1 }], upsertions: [] }),
  }),
  ...list(50, {
    'all users': () => ({ users: null }),
    'of users': () => ({ users: [{ name: 'ada' }, { name: 'nobody' }] }),
    'of one user twice': () => ({ users: [{ name: 'ada' }, { name: 'ada' }] }),
  }),
]

export const allCases: readonly Case[] = [
  ...produceCases,
  ...fetchCases,
  ...offsetCases,
  ...metadataCases,
  ...groupCases,
  ...topicCases,
  ...configCases,
  ...otherCases,
  ...reassignmentCases,
  ...scramCases,
]
