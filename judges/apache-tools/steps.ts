// What Kafka's tools are asked to do: in this order, on both brokers.

export interface Step {
  /** A short name of the tool: see `mainClasses`. */
  readonly tool: string
  /** Words, with `{bootstrap}`, `{logDir}`, `{folder}`, and `{acls}` (whether there is an API for them) in them. */
  readonly args: string
  readonly input?: string
  /** Files that it reads, in `{folder}`. */
  readonly files?: Readonly<Record<string, string>>
  /** It prints measurements: numbers are not compared. */
  readonly measures?: boolean
  /** The order of its lines, or of all its words, has no meaning. */
  readonly isUnordered?: 'lines' | 'words'
  /** It runs until it is stopped after so many seconds. */
  readonly endlessSeconds?: number
  /** Only for this version. */
  readonly only?: '3.9.1' | '4.3.1'
}

/** Each tool's class at 3.9.1, and at 4.3.1 where it has another or none. */
export const mainClasses: Readonly<Record<string, readonly [string, string?]>> = {
  topics: ['org.apache.kafka.tools.TopicCommand'],
  configs: ['kafka.admin.ConfigCommand'],
  'console-producer': ['kafka.tools.ConsoleProducer', 'org.apache.kafka.tools.ConsoleProducer'],
  'console-consumer': ['org.apache.kafka.tools.consumer.ConsoleConsumer'],
  'producer-perf': ['org.apache.kafka.tools.ProducerPerformance'],
  'consumer-perf': ['org.apache.kafka.tools.ConsumerPerformance'],
  'consumer-groups': ['org.apache.kafka.tools.consumer.group.ConsumerGroupCommand'],
  groups: ['', 'org.apache.kafka.tools.GroupsCommand'],
  'get-offsets': ['org.apache.kafka.tools.GetOffsetShell'],
  'delete-records': ['org.apache.kafka.tools.DeleteRecordsCommand'],
  'log-dirs': ['org.apache.kafka.tools.LogDirsCommand'],
  'leader-election': ['org.apache.kafka.tools.LeaderElectionCommand'],
  'verifiable-producer': ['org.apache.kafka.tools.VerifiableProducer'],
  'verifiable-consumer': ['org.apache.kafka.tools.VerifiableConsumer'],
  'client-compatibility': ['org.apache.kafka.tools.ClientCompatibilityTest'],
  'broker-api-versions': ['kafka.admin.BrokerApiVersionsCommand', 'org.apache.kafka.tools.BrokerApiVersionsCommand'],
  cluster: ['org.apache.kafka.tools.ClusterTool'],
  'end-to-end-latency': ['org.apache.kafka.tools.EndToEndLatency'],
  'replica-verification': ['org.apache.kafka.tools.ReplicaVerificationTool'],
  'dump-log': ['kafka.tools.DumpLogSegments', 'org.apache.kafka.tools.DumpLogSegments'],
  transactions: ['org.apache.kafka.tools.TransactionsCommand'],
  'reassign-partitions': ['org.apache.kafka.tools.reassign.ReassignPartitionsCommand'],
}

const at = '--bootstrap-server {bootstrap}'

function steps(tool: string, lines: readonly string[], more: Partial<Step> = {}): Step[] {
  return lines.map((args) => {
    return { tool, args: args.replace('@', at), ...more }
  })
}

const topics = steps('topics', [
  '@ --create --topic one --partitions 1 --replication-factor 1',
  '@ --create --topic three --partitions 3 --replication-factor 1',
  '@ --create --topic defaults',
  '@ --create --topic configured --partitions 2 --config retention.ms=100000 --config cleanup.policy=delete',
  '@ --create --topic placed --replica-assignment 1,1,1',
  '@ --create --topic dotted.name',
  '@ --create --topic dotted_name',
  '@ --create --topic one',
  '@ --create --topic one --if-not-exists',
  '@ --create --topic bad/name',
  '@ --create --topic none --partitions 0',
  '@ --create --topic none --replication-factor 3',
  '@ --create --topic none --replica-assignment 9',
  '@ --create --topic none --replica-assignment 1:1',
  '@ --create --topic none --config no.such.key=1',
  '@ --create --topic none --config retention.ms=soon',
  '@ --create',
  '@ --list',
  '@ --list --exclude-internal',
  '@ --list --topic d.*',
  '@ --describe',
  '@ --describe --topic three',
  '@ --describe --topic one,three',
  '@ --describe --topic three --partition-size-limit-per-response 2',
  '@ --describe --topic missing',
  '@ --describe --topic missing --if-exists',
  '@ --describe --topic-id AAAAAAAAAAAAAAAAAAAAAQ',
  '@ --describe --topics-with-overrides',
  '@ --describe --exclude-internal',
  '@ --describe --unavailable-partitions',
  '@ --describe --under-replicated-partitions',
  '@ --describe --under-min-isr-partitions',
  '@ --describe --at-min-isr-partitions',
  '@ --alter --topic three --partitions 5',
  '@ --alter --topic three --partitions 2',
  '@ --alter --topic three --partitions 5',
  '@ --alter --topic three --partitions 7 --replica-assignment 1,1,1,1,1,1,1',
  '@ --alter --topic placed --partitions 5 --replica-assignment 1,1,1,9,9',
  '@ --alter --topic missing --partitions 5',
  '@ --alter --topic missing --partitions 5 --if-exists',
  '@ --describe --topic three',
  '@ --delete --topic dotted.*',
  '@ --delete --topic missing',
  '@ --delete --topic missing --if-exists',
  '@ --list',
])

const configs = steps('configs', [
  '@ --describe --entity-type topics --entity-name configured',
  '@ --describe --entity-type topics --entity-name missing',
  '@ --describe --entity-type topics',
  '@ --describe --entity-type topics --entity-name configured --all',
  '@ --alter --entity-type topics --entity-name one --add-config retention.ms=86400000,max.message.bytes=200000',
  '@ --alter --entity-type topics --entity-name one --add-config max.message.bytes=-1',
  '@ --alter --entity-type topics --entity-name one --add-config cleanup.policy=[compact,delete]',
  '@ --alter --entity-type topics --entity-name one --add-config cleanup.policy=shred',
  '@ --alter --entity-type topics --entity-name one --add-config no.such.key=1',
  '@ --alter --entity-type topics --entity-name missing --add-config retention.ms=1',
  '@ --describe --entity-type topics --entity-name one',
  '@ --alter --entity-type topics --entity-name one --delete-config retention.ms,cleanup.policy',
  '@ --alter --entity-type topics --entity-name one --delete-config retention.ms',
  '@ --alter --entity-type topics --entity-name one --add-config segment.bytes=1048576 --delete-config max.message.bytes',
  '@ --describe --entity-type topics --entity-name one',
  '@ --describe --entity-type brokers --entity-name 1',
  '@ --describe --entity-type brokers --entity-default',
  '@ --describe --entity-type brokers --entity-name 7',
  '@ --alter --entity-type brokers --entity-name 1 --add-config log.cleaner.threads=2',
  '@ --alter --entity-type brokers --entity-default --add-config log.retention.ms=90000000',
  '@ --alter --entity-type brokers --entity-name 1 --add-config num.partitions=9',
  '@ --alter --entity-type brokers --entity-name 1 --add-config message.max.bytes=many',
  '@ --alter --entity-type brokers --entity-name 1 --add-config no.such.key=1',
  '@ --describe --entity-type brokers --entity-name 1',
  '@ --describe --entity-type brokers --entity-default',
  '@ --alter --entity-type brokers --entity-name 1 --delete-config log.cleaner.threads',
  '@ --alter --entity-type brokers --entity-default --delete-config log.retention.ms',
  '@ --describe --entity-type brokers --entity-name 1 --all',
  '@ --alter --entity-type clients --entity-name c --add-config producer_byte_rate=1000000,consumer_byte_rate=2000000,request_percentage=90',
  '@ --alter --entity-type clients --entity-default --add-config producer_byte_rate=90000000',
  '@ --alter --entity-type users --entity-name u --add-config consumer_byte_rate=3000000',
  '@ --alter --entity-type users --entity-name u --entity-type clients --entity-name c --add-config consumer_byte_rate=4000000',
  '@ --alter --entity-type clients --entity-name c --add-config no_such_rate=1',
  '@ --alter --entity-type clients --entity-name c --add-config producer_byte_rate=fast',
  '@ --alter --entity-type ips --entity-name not.an.address.example --add-config connection_creation_rate=10',
  '@ --describe --entity-type clients --entity-name c',
  '@ --describe --entity-type clients',
  '@ --describe --entity-type users',
  '@ --describe --entity-type users --entity-name u --entity-type clients',
  '@ --describe --entity-type ips',
  '@ --alter --entity-type clients --entity-name c --delete-config producer_byte_rate,request_percentage',
  '@ --describe --entity-type clients --entity-name c',
  '@ --describe --entity-type users --entity-name u --user-defaults',
  '@ --alter --entity-type users --entity-name u --add-config SCRAM-SHA-256=[iterations=8192,password=secret]',
  '@ --alter --entity-type users --entity-name v --add-config SCRAM-SHA-256=[password=secret],SCRAM-SHA-512=[password=secret]',
  '@ --alter --entity-type users --entity-name v --add-config SCRAM-SHA-512=[iterations=20000,password=secret]',
  '@ --alter --entity-type users --entity-name v --add-config SCRAM-SHA-512=[iterations=100,password=secret]',
  '@ --alter --entity-type users --entity-name v --add-config SCRAM-SHA-1=[password=secret]',
  '@ --alter --entity-type users --entity-default --add-config SCRAM-SHA-512=[password=secret]',
  '@ --describe --entity-type users',
  '@ --describe --entity-type users --entity-name u',
  '@ --describe --entity-type users --entity-name nobody',
  '@ --describe --user v',
  '@ --alter --entity-type users --entity-name v --delete-config SCRAM-SHA-256',
  '@ --alter --entity-type users --entity-name v --delete-config SCRAM-SHA-256',
  '@ --alter --entity-type users --entity-name nobody --delete-config SCRAM-SHA-512',
  '@ --describe --entity-type users',
])

const numbered = Array.from({ length: 20 }, (_, index) => `value ${index}`).join('\n')
const keyed = Array.from({ length: 12 }, (_, index) => `n:${index}\tkey${index}\tvalue ${index}`).join('\n')
const show =
  '--property print.key=true --property print.headers=true --property print.offset=true --property print.partition=true'

const records: Step[] = [
  { tool: 'console-producer', args: `${at} --topic one`, input: numbered },
  {
    tool: 'console-producer',
    args: `${at} --topic one --property parse.key=true --property parse.headers=true --compression-codec lz4`,
    input: keyed,
  },
  ...['gzip', 'snappy', 'zstd'].map((codec) => {
    return {
      tool: 'console-producer',
      args: `${at} --topic one --compression-codec ${codec} --sync`,
      input: `${codec}\n`,
    }
  }),
  { tool: 'console-producer', args: `${at} --topic one --request-required-acks 0`, input: 'unacknowledged\n' },
  { tool: 'console-producer', args: `${at} --topic three --property parse.key=true`, input: keyed },
  { tool: 'console-producer', args: `${at} --topic one`, input: 'x'.repeat(1_200_000) },
  { tool: 'console-producer', args: `${at} --topic made-by-producer`, input: 'first\n' },
  ...steps('console-consumer', [
    `@ --topic one --from-beginning --max-messages 36 ${show}`,
    '@ --topic one --from-beginning --max-messages 3 --property print.timestamp=true',
    '@ --topic one --partition 0 --offset 30 --max-messages 2',
    '@ --topic one --partition 0 --offset earliest --max-messages 2 --isolation-level read_committed',
    '@ --topic one --partition 0 --offset latest --timeout-ms 1500',
    '@ --topic one --partition 0 --offset 99999 --timeout-ms 1500',
    '@ --topic one --partition 7 --timeout-ms 1500',
    '@ --topic bad/name --timeout-ms 1500',
    '@ --include on.* --from-beginning --max-messages 36',
    '@ --topic one --from-beginning --max-messages 10 --group readers',
    '@ --topic one --max-messages 10 --group readers',
  ]),
  ...steps('console-consumer', [`@ --topic three --from-beginning --max-messages 12 ${show}`], {
    isUnordered: 'lines',
  }),
  ...steps('console-consumer', ['@ --topic three --from-beginning --max-messages 12 --group three-readers'], {
    isUnordered: 'lines',
  }),
  ...steps(
    'producer-perf',
    [
      '--topic perf --num-records 3000 --record-size 100 --throughput -1 --producer-props bootstrap.servers={bootstrap} acks=all',
      '--topic perf --num-records 500 --record-size 1000 --throughput 2000 --print-metrics --producer-props bootstrap.servers={bootstrap} acks=1 compression.type=zstd',
    ],
    { measures: true },
  ),
  ...steps('consumer-perf', ['@ --topic perf --messages 3500'], { measures: true }),
  ...steps('consumer-perf', ['@ --topic perf --messages 3500 --group perf-group --show-detailed-stats --hide-header'], {
    measures: true,
  }),
  { tool: 'end-to-end-latency', args: '{bootstrap} latency 300 all 100', measures: true, only: '3.9.1' },
  {
    tool: 'end-to-end-latency',
    args: `${at} --topic latency --num-records 300 --producer-acks all --record-size 100`,
    measures: true,
    only: '4.3.1',
  },
  ...steps(
    'verifiable-producer',
    [
      '@ --topic verifiable --max-messages 40 --throughput -1 --acks -1',
      '@ --topic verifiable --max-messages 5 --value-prefix 7 --repeating-keys 2',
    ],
    { isUnordered: 'lines' },
  ),
  ...steps('verifiable-consumer', [
    '@ --topic verifiable --group-id verifiers --max-messages 45 --verbose --reset-policy earliest',
    '@ --topic verifiable --group-id static-verifiers --group-instance-id i --max-messages 45 --reset-policy earliest --enable-autocommit',
  ]),
  // Each record in a batch of its own, so that both logs are the same.
  {
    tool: 'console-producer',
    args: `${at} --topic dumped --sync --compression-codec lz4 --property parse.key=true`,
    input: 'key\tvalue\nother key\tanother value\nkey\tlast value\n',
  },
]

const groups: Step[] = [
  ...steps(
    'consumer-groups',
    [
      '@ --list',
      '@ --list --state',
      '@ --list --state Empty',
      '@ --list --state Stable,PreparingRebalance',
      '@ --list --type',
      '@ --list --type classic',
      '@ --describe --all-groups',
      '@ --describe --all-groups --state',
    ],
    { isUnordered: 'lines' },
  ),
  ...steps(
    'consumer-groups',
    [
      '@ --describe --group readers',
      '@ --describe --group readers --offsets --verbose',
      '@ --describe --group readers --members',
      '@ --describe --group readers --members --verbose',
      '@ --describe --group readers --state',
      '@ --describe --group missing',
      '@ --describe --group missing --state',
      '@ --describe --group live',
      '@ --describe --group live --members',
      '@ --describe --group live --members --verbose',
      '@ --describe --group live --state',
      '@ --reset-offsets --group live --topic one --to-earliest --execute',
      '@ --delete --group live',
      '@ --delete-offsets --group live --topic one',
      ...['--dry-run', '--execute', '--export'].flatMap((mode) => [
        `@ --reset-offsets --group readers --topic one --to-earliest ${mode}`,
        `@ --reset-offsets --group readers --topic one --to-latest ${mode}`,
        `@ --reset-offsets --group readers --topic one:0 --to-offset 3 ${mode}`,
        `@ --reset-offsets --group readers --topic one --to-offset 1000000 ${mode}`,
        `@ --reset-offsets --group readers --topic one --to-offset 5 ${mode}`,
        `@ --reset-offsets --group readers --topic one --shift-by 2 ${mode}`,
        `@ --reset-offsets --group readers --topic one --shift-by -100 ${mode}`,
        `@ --reset-offsets --group readers --topic one --shift-by 100000 ${mode}`,
        `@ --reset-offsets --group readers --topic one --to-datetime 2020-01-01T00:00:00.000 ${mode}`,
        `@ --reset-offsets --group readers --topic one --to-datetime 2100-01-01T00:00:00.000 ${mode}`,
        `@ --reset-offsets --group readers --topic one --by-duration P1D ${mode}`,
        `@ --reset-offsets --group readers --topic one --to-current ${mode}`,
        `@ --reset-offsets --group readers --all-topics --to-earliest ${mode}`,
        `@ --reset-offsets --group three-readers --topic three:0,2 --to-earliest ${mode}`,
        `@ --reset-offsets --group readers --group three-readers --all-topics --to-current ${mode}`,
        `@ --reset-offsets --group new-${mode.slice(2)} --topic three --to-latest ${mode}`,
      ]),
      '@ --reset-offsets --group readers --topic missing --to-earliest --dry-run',
      '@ --reset-offsets --group readers --to-earliest --dry-run',
      '@ --describe --group readers',
      '@ --describe --group new-execute',
    ],
    { isUnordered: 'lines' },
  ),
  ...steps('consumer-groups', ['@ --list --state Strange'], { isUnordered: 'words' }),
  ...steps('consumer-groups', ['@ --reset-offsets --all-groups --all-topics --to-earliest --dry-run'], {
    isUnordered: 'words',
  }),
  {
    tool: 'consumer-groups',
    args: `${at} --reset-offsets --group readers --from-file {folder}/reset.csv --execute`,
    files: { 'reset.csv': 'one,0,7\n' },
  },
  {
    tool: 'consumer-groups',
    args: `${at} --reset-offsets --group readers --from-file {folder}/bad.csv --dry-run`,
    files: { 'bad.csv': 'one,0\n' },
  },
  ...steps(
    'consumer-groups',
    [
      '@ --delete-offsets --group three-readers --topic three:0,1',
      '@ --delete-offsets --group three-readers --topic missing',
      '@ --delete-offsets --group missing --topic one',
      '@ --describe --group three-readers',
      '@ --delete --group three-readers',
      '@ --delete --group missing',
      '@ --delete --group new-execute --group missing',
    ],
    { isUnordered: 'lines' },
  ),
  ...steps(
    'groups',
    ['@ --list', '@ --list --consumer', '@ --list --group-type classic', '@ --list --protocol consumer'],
    {
      only: '4.3.1',
      isUnordered: 'lines',
    },
  ),
]

const offsets: Step[] = [
  ...steps('get-offsets', [
    '@',
    '@ --topic one',
    '@ --topic three',
    '@ --topic one --time -1',
    '@ --topic one --time -2',
    '@ --topic one --time -3',
    '@ --topic one --time -4',
    '@ --topic one --time -5',
    '@ --topic one --time earliest',
    '@ --topic one --time latest',
    '@ --topic one --time max-timestamp',
    '@ --topic one --time earliest-local',
    '@ --topic one --time latest-tiered',
    '@ --topic one --time 0',
    '@ --topic one --time 4000000000000',
    '@ --topic-partitions one:0,three:1-3',
    '@ --topic three --partitions 0,2',
    '@ --topic three --partitions 9',
    '@ --exclude-internal-topics',
    '@ --topic missing',
  ]),
  {
    tool: 'delete-records',
    args: `${at} --offset-json-file {folder}/delete.json`,
    files: {
      'delete.json':
        '{"version":1,"partitions":[{"topic":"one","partition":0,"offset":5},{"topic":"verifiable","partition":0,"offset":-1}]}',
    },
    isUnordered: 'lines',
  },
  {
    tool: 'delete-records',
    args: `${at} --offset-json-file {folder}/bad.json`,
    files: {
      'bad.json':
        '{"version":1,"partitions":[{"topic":"one","partition":0,"offset":100000},{"topic":"three","partition":1,"offset":-7},{"topic":"missing","partition":0,"offset":1}]}',
    },
    isUnordered: 'lines',
  },
  {
    tool: 'delete-records',
    args: `${at} --offset-json-file {folder}/broken.json`,
    files: { 'broken.json': '{"version":1,' },
  },
  ...steps('get-offsets', ['@ --topic one --time -2', '@ --topic verifiable --time earliest']),
  ...steps('console-consumer', ['@ --topic one --from-beginning --max-messages 2']),
]

/** Partitions of a reassignment file. */
const reassigned = (...partitions: readonly Readonly<Record<string, unknown>>[]): string =>
  JSON.stringify({ version: 1, partitions })
const three = (partition: number, more: Readonly<Record<string, unknown>>) => ({ topic: 'three', partition, ...more })

const reassignmentFiles: Readonly<Record<string, string>> = {
  'topics.json': JSON.stringify({ version: 1, topics: [{ topic: 'one' }] }),
  'missing-topics.json': JSON.stringify({ version: 1, topics: [{ topic: 'missing' }] }),
  'same.json': reassigned(three(0, { replicas: [1] }), three(1, { replicas: [1] })),
  'one.json': reassigned({ topic: 'one', partition: 0, replicas: [1] }),
  'unknown-broker.json': reassigned(three(0, { replicas: [9] })),
  'more-replicas.json': reassigned(three(0, { replicas: [1, 9] })),
  'twice.json': reassigned(three(0, { replicas: [1, 1] })),
  'none.json': reassigned(three(0, { replicas: [] })),
  'missing.json': reassigned({ topic: 'missing', partition: 0, replicas: [1] }),
  'missing-partition.json': reassigned(three(99, { replicas: [1] })),
  'directory.json': reassigned(three(0, { replicas: [1], log_dirs: ['{logDir}'] })),
  'no-directory.json': reassigned(three(0, { replicas: [1], log_dirs: ['/no/such/directory'] })),
  'any-directory.json': reassigned(three(0, { replicas: [1], log_dirs: ['any'] })),
}
const on = (file: string): string => `--reassignment-json-file {folder}/${file}.json`

const reassignments: Step[] = steps(
  'reassign-partitions',
  [
    '@ --list',
    '@ --generate --topics-to-move-json-file {folder}/topics.json --broker-list 1',
    '@ --generate --topics-to-move-json-file {folder}/topics.json --broker-list 7',
    '@ --generate --topics-to-move-json-file {folder}/missing-topics.json --broker-list 1',
    ...['same', 'one', 'twice', 'none', 'missing', 'missing-partition'].flatMap((file) => [
      `@ --execute ${on(file)}`,
      `@ --verify ${on(file)}`,
      `@ --cancel ${on(file)}`,
    ]),
    // No --verify of these: to take throttles off broker 9 the tool waits a minute for it to appear.
    ...['unknown-broker', 'more-replicas'].flatMap((file) => [`@ --execute ${on(file)}`, `@ --cancel ${on(file)}`]),
    `@ --execute ${on('same')} --throttle 5000000 --additional`,
    `@ --verify ${on('same')} --preserve-throttles`,
    `@ --verify ${on('same')}`,
    ...['directory', 'any-directory'].flatMap((file) => [
      `@ --execute ${on(file)} --replica-alter-log-dirs-throttle 5000000`,
      `@ --verify ${on(file)}`,
    ]),
    `@ --execute ${on('no-directory')} --timeout 2000`,
    `@ --verify ${on('no-directory')}`,
    '@ --list',
  ],
  { files: reassignmentFiles },
)

const others: Step[] = [
  ...steps(
    'log-dirs',
    [
      '@ --describe --topic-list one,three',
      '@ --describe --topic-list one --broker-list 1',
      '@ --describe --topic-list missing',
      '@ --describe --broker-list 1,7',
    ],
    { isUnordered: 'lines' },
  ),
  ...steps(
    'leader-election',
    [
      '@ --election-type preferred --topic one --partition 0',
      '@ --election-type preferred --topic one --partition 9',
      '@ --election-type preferred --topic missing --partition 0',
      '@ --election-type unclean --topic one --partition 0',
      '@ --election-type preferred --all-topic-partitions',
      '@ --election-type unclean --all-topic-partitions',
      '@ --election-type strange --topic one --partition 0',
    ],
    { isUnordered: 'lines' },
  ),
  {
    tool: 'leader-election',
    args: `${at} --election-type preferred --path-to-json-file {folder}/elect.json`,
    files: { 'elect.json': '{"partitions":[{"topic":"one","partition":0},{"topic":"three","partition":1}]}' },
    isUnordered: 'lines',
  },
  ...steps('client-compatibility', [
    '@ --num-cluster-nodes 1 --topic compatibility --offsets-for-times-supported true --cluster-id-supported true --expect-record-too-large-exception false --create-topics-supported true --describe-acls-supported {acls} --describe-configs-supported true --idempotent-producer-supported true',
  ]),
  ...steps('broker-api-versions', ['@'], { isUnordered: 'lines' }),
  ...steps('cluster', ['cluster-id @', 'unregister @ --id 7']),
  ...steps('cluster', ['list-endpoints @'], { only: '4.3.1' }),
  ...steps('transactions', ['@ describe-producers --topic one --partition 0']),
  ...steps('dump-log', [
    '--files {logDir}/dumped-0/00000000000000000000.log --print-data-log',
    '--files {logDir}/dumped-0/00000000000000000000.log --deep-iteration --skip-record-metadata',
    '--files {logDir}/dumped-0/00000000000000000000.index --index-sanity-check',
    '--files {logDir}/dumped-0/00000000000000000000.log,{logDir}/placed-0/00000000000000000000.log',
  ]),
  {
    tool: 'replica-verification',
    args: '--broker-list {bootstrap} --topics-include one --report-interval-ms 500',
    endlessSeconds: 4,
    only: '3.9.1',
  },
  ...reassignments,
  ...steps('topics', ['@ --describe --topic three']),
  ...steps('configs', ['@ --describe --topic three', '@ --describe --entity-type brokers --entity-name 1']),
  ...steps('topics', ['@ --delete --topic one', '@ --delete --topic three,placed', '@ --list']),
]

export const allSteps: readonly Step[] = [...topics, ...configs, ...records, ...groups, ...offsets, ...others]
