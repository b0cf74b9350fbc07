// What the tools are asked beside judges/apache-tools/steps.ts: what is refused, and what only some clusters can do.
import type { Step } from '../apache-tools/steps.ts'
import { steps } from './steps.ts'

const at = '--bootstrap-server {bootstrap}'

function withFile(tool: string, args: string, name: string, content: unknown): Step {
  return { tool, args: args.replace('@', at), files: { [name]: JSON.stringify(content) } }
}

/** On a broker with ZooKeeper, besides the steps of apache-tools. */
export const moreSteps: readonly Step[] = [
  ...steps('configs', [
    '--describe --topic one',
    '@ --alter --describe --topic one',
    '@ --describe --entity-type topics --entity-type brokers',
    '@ --describe --broker x',
    '@ --alter --topic one',
    '@ --alter --topic one --add-config a',
    '@ --alter --topic one --add-config a;b=c',
    '@ --alter --ip 127.0.0.1 --add-config producer_byte_rate=1',
    '@ --alter --ip-defaults --add-config connection_creation_rate=10',
    '@ --describe --ip-defaults',
    '@ --alter --broker-logger 1 --add-config no.such.logger=DEBUG',
    '@ --alter --entity-type users --entity-name u --add-config SCRAM-SHA-256=[iterations=1,password=secret]',
    '--zookeeper {zookeeper} --alter --entity-type users --entity-name u+1 --add-config producer_byte_rate=1',
    '--zookeeper {zookeeper} --alter --entity-type brokers --entity-name 1 --add-config log.cleaner.threads=2',
    '--zookeeper {zookeeper} --alter --entity-type brokers --entity-name 9 --add-config log.cleaner.threads=2',
    '--zookeeper {zookeeper} --describe --entity-type brokers --entity-name 9',
    '--zookeeper {zookeeper} --alter --entity-type users --entity-name u+1 --add-config SCRAM-SHA-256=[password=x]',
    '--zookeeper {zookeeper} --alter --entity-type users --entity-name u+1 --delete-config SCRAM-SHA-256',
    '--zookeeper {zookeeper} --describe --entity-type users --entity-name u+1',
    '--zookeeper {zookeeper} --describe --entity-type topics',
  ]),
  ...[
    ['--property parse.key=true --property parse.headers=true --property null.marker=N', 'h:1,g:N\tN\tv\nh:2\tk\tN\n'],
    ['--property parse.key=true', 'no key\n'],
    ['--property parse.key=true --property ignore.error=true', 'no key\nk\tv\n'],
    ['--property headers.separator=, --property headers.delimiter=,', ''],
  ].map(([args, input = '']) => ({ tool: 'console-producer', args: `${at} --topic formatted ${args}`, input })),
  ...steps('console-consumer', [
    '@ --topic formatted --from-beginning --max-messages 4 --property print.key=true --property print.headers=true --property null.literal=NIL',
    '@ --topic formatted --from-beginning --max-messages 2 --property print.value=false --property print.offset=true --property line.separator=|',
    '@ --topic formatted --from-beginning --max-messages 1 --value-deserializer org.apache.kafka.common.serialization.LongDeserializer',
    '@ --topic formatted --from-beginning --max-messages 1 --skip-message-on-error --value-deserializer org.apache.kafka.common.serialization.LongDeserializer',
    '@ --topic formatted --from-beginning --max-messages 1 --formatter kafka.tools.NoOpMessageFormatter',
    '@ --topic formatted --from-beginning --max-messages 2 --group formatted-readers',
    '@ --topic formatted --formatter no.such.Formatter',
    '@ --topic formatted --offset 1',
    '@ --topic formatted --partition 0 --offset -4',
    '@ --topic formatted --group a --partition 0',
    '@ --topic formatted --group a --consumer-property group.id=b',
    '@ --topic formatted --include x',
    '@ --topic formatted --from-beginning --consumer-property auto.offset.reset=latest',
  ]),
  ...steps(
    'console-consumer',
    [
      '@ --topic __consumer_offsets --from-beginning --timeout-ms 1500 --formatter org.apache.kafka.tools.consumer.OffsetsMessageFormatter',
    ],
    { measures: true },
  ),
  ...steps('consumer-perf', ['@ --topic perf --messages 900 --timeout 1000'], { measures: true }),
  ...steps('dump-log', [
    '--files {logDir}/dumped-0/00000000000000000000.log',
    '--files {logDir}/dumped-0/00000000000000000000.timeindex --index-sanity-check',
    '--files {logDir}/dumped-0/partition.metadata',
  ]),
  ...steps('transactions', ['@ find-hanging --topic dumped', '@ find-hanging']),
  withFile(
    'reassign-partitions',
    '@ --generate --topics-to-move-json-file {folder}/topics.json --broker-list 1',
    'topics.json',
    {
      topics: [{ topic: 'configured' }],
      version: 1,
    },
  ),
  ...steps('reassign-partitions', [
    '@ --generate --topics-to-move-json-file {folder}/topics.json',
    '@ --verify --generate',
    '--list',
    '@ --verify --reassignment-json-file {folder}/topics.json --throttle 5',
  ]),
  ...steps('get-offsets', ['--broker-list {bootstrap} --topic configured']),
  ...steps('topics', [
    '@ --alter --topic configured --config retention.ms=5',
    '@ --create --topic application-store-changelog',
    '@ --create --topic application-store-repartition',
    '@ --create --topic application-other',
  ]),
  ...steps('streams-reset', [
    '@ --application-id application --input-topics configured,absent --dry-run',
    '@ --application-id application --input-topics verifiable --intermediate-topics perf --to-offset 7 --dry-run',
    '@ --application-id application --input-topics verifiable --to-offset 700',
    '@ --application-id application --input-topics verifiable --shift-by -3 --internal-topics application-other',
    '@ --application-id application --input-topics verifiable --to-datetime 2100-01-01T00:00:00.000 --to-latest',
    '@ --application-id application --input-topics verifiable --by-duration P1D --internal-topics application-store-changelog',
    '@ --application-id application',
    '--application-id',
  ]),
  ...steps('consumer-groups', ['@ --describe --group application']),
  ...steps('topics', ['@ --list']),
  ...steps('acls', ['@ --list --producer', '--list', '@ --add --producer', '@ --list --add']),
]

const moved = {
  partitions: [
    { topic: 'moved', partition: 0, replicas: [1] },
    { topic: 'moved', partition: 1, replicas: [1] },
  ],
  version: 1,
}
const oneOf = (topic: string, partition: number, replicas: readonly number[]) => ({
  partitions: [{ topic, partition, replicas }],
})

/** On Apache Kafka with KRaft and an authorizer: what ours does not have yet. */
export const kraftSteps: readonly Step[] = [
  ...steps('topics', ['@ --create --topic moved --partitions 3', '@ --create --topic one']),
  ...steps('acls', [
    '@ --add --allow-principal User:a --operation Read --operation Write --topic t',
    '@ --add --allow-principal User:a --producer --topic t --idempotent',
    '@ --add --allow-principal User:b --deny-principal User:c --deny-host 1.2.3.4 --operation All --group g --resource-pattern-type prefixed',
    '@ --add --allow-principal User:b --consumer --topic t --group g2',
    '@ --add --allow-principal User:b --cluster --operation Alter',
    '@ --add --topic t',
    '@ --add --allow-principal User:b',
    '@ --add --allow-principal User:b --topic t --resource-pattern-type match',
    '@ --list',
    '@ --list --principal User:b',
    '@ --list --topic tt --resource-pattern-type match',
    '@ --remove --topic t --allow-principal User:a --operation Read --force',
    '@ --remove --cluster --force',
  ]),
  ...steps('acls', ['@ --remove --group g --resource-pattern-type prefixed'], { input: 'y\n' }),
  ...steps('acls', ['@ --remove --topic t'], { input: 'n\n' }),
  ...steps('acls', ['@ --list']),
  ...steps('reassign-partitions', ['@ --list']),
  withFile('reassign-partitions', '@ --execute --reassignment-json-file {folder}/moved.json', 'moved.json', moved),
  ...steps('reassign-partitions', ['@ --execute --reassignment-json-file {folder}/moved.json --throttle 1000000']),
  ...steps('configs', ['@ --describe --topic moved', '@ --describe --broker 1']),
  ...steps('reassign-partitions', ['@ --verify --reassignment-json-file {folder}/moved.json']),
  ...steps('configs', ['@ --describe --topic moved', '@ --describe --broker 1']),
  ...steps('reassign-partitions', [
    '@ --verify --reassignment-json-file {folder}/moved.json --preserve-throttles',
    '@ --cancel --reassignment-json-file {folder}/moved.json',
  ]),
  withFile(
    'reassign-partitions',
    '@ --execute --reassignment-json-file {folder}/bad.json',
    'bad.json',
    oneOf('moved', 0, [9]),
  ),
  withFile(
    'reassign-partitions',
    '@ --execute --reassignment-json-file {folder}/bad.json',
    'bad.json',
    oneOf('no', 0, [1]),
  ),
  withFile(
    'reassign-partitions',
    '@ --execute --reassignment-json-file {folder}/bad.json',
    'bad.json',
    oneOf('moved', 77, [1]),
  ),
  withFile(
    'reassign-partitions',
    '@ --verify --reassignment-json-file {folder}/bad.json',
    'bad.json',
    oneOf('no', 0, [1]),
  ),
  ...steps(
    'producer-perf',
    [
      '--topic perf --num-records 100 --payload-monotonic --throughput -1 --transaction-duration-ms 100 --producer-props bootstrap.servers={bootstrap} acks=all',
    ],
    { measures: true },
  ),
  ...steps('transactions', ['@ list', '@ describe --transactional-id performance-producer-default-transactional-id'], {
    measures: true,
  }),
  ...steps('transactions', [
    '@ describe --transactional-id unknown',
    '@ abort --topic perf --partition 0',
    '@ abort --topic perf --partition 0 --start-offset 3',
  ]),
  ...steps('features', [
    '@ describe',
    '@ upgrade --feature unknown=1',
    '@ downgrade --feature group.version=0 --dry-run',
    '@ disable --feature unknown',
    '@ upgrade',
  ]),
  ...steps(
    'metadata-quorum',
    ['@ describe --status', '@ describe --replication', '@ describe', '@ describe --status --replication'],
    {
      measures: true,
    },
  ),
  ...steps('client-metrics', [
    '@ --alter --name s1 --interval 1000 --metrics a,b --match client_id=x',
    '@ --describe --name s1',
    '@ --list',
    '@ --describe',
    '@ --alter --name s1 --interval soon',
    '@ --alter --name s1 --interval 5',
    '@ --delete --name s1',
    '@ --describe --name s1',
    '@ --alter',
    '--list',
  ]),
  ...steps('configs', [
    '@ --alter --entity-type users --entity-name u --add-config SCRAM-SHA-256=[iterations=8192,password=secret],SCRAM-SHA-512=[password=secret]',
    '@ --describe --entity-type users --entity-name u',
    '@ --describe --entity-type users',
    '@ --alter --entity-type users --entity-name u --delete-config SCRAM-SHA-256',
    '@ --alter --entity-type users --entity-name u --delete-config SCRAM-SHA-256',
    '@ --describe --entity-type users --entity-name nobody',
  ]),
  ...steps('delegation-tokens', [
    '@ --describe',
    '@ --describe --create',
    '@ --create --max-life-time-period -1 --command-config {folder}/moved.json',
  ]),
]
