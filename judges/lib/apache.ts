// Apache ZooKeeper 3.8.4 and Apache Kafka 3.9.1 as processes: what the judges are proven on, and what some of them judge with.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Daemon } from './daemon.ts'
import { classpath } from './maven.ts'

const log4j = `log4j.rootLogger=INFO, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d{ISO8601} %p %m (%c)%n
`

/** A start takes ten seconds where nothing else is at work. */
const readyTimeoutMs = 240_000

/** What the judges give to Java's machine: little memory, few threads. */
const smallJava: readonly string[] = ['-Xmx512m', '-XX:+UseSerialGC']

/** A class of the Kafka 3.9.1 class path in a process of its own, `machineOptions` for Java's machine. */
export async function startJava(
  name: string,
  folder: string,
  args: readonly string[],
  machineOptions = smallJava,
): Promise<Daemon> {
  const libraries = await classpath('kafka-3.9.1')
  mkdirSync(folder, { recursive: true })
  const logging = path.join(folder, 'log4j.properties')
  writeFileSync(logging, log4j)
  return Daemon.start({
    name,
    command: 'java',
    args: [...machineOptions, `-Dlog4j.configuration=file:${logging}`, '-cp', libraries, ...args],
    cwd: folder,
    logFile: path.join(folder, `${name}.log`),
  })
}

/** Starts Apache ZooKeeper with its data in `folder`; resolves when it serves. */
export async function startApacheZooKeeper(
  folder: string,
  port: number,
  machineOptions?: readonly string[],
): Promise<Daemon> {
  mkdirSync(folder, { recursive: true })
  const config = path.join(folder, 'zoo.cfg')
  const lines = [
    'tickTime=500',
    `dataDir=${path.join(folder, 'data')}`,
    'clientPortAddress=127.0.0.1',
    `clientPort=${port}`,
    'maxClientCnxns=0',
    'admin.enableServer=false',
    '4lw.commands.whitelist=*',
  ]
  writeFileSync(config, lines.join('\n'))
  const daemon = await startJava(
    'apache-zookeeper',
    folder,
    ['org.apache.zookeeper.server.quorum.QuorumPeerMain', config],
    machineOptions,
  )
  await daemon.waitForOutput(/PrepRequestProcessor|ZooKeeper audit is/, readyTimeoutMs)
  return daemon
}

export interface ApacheKafkaOptions {
  readonly folder: string
  readonly port: number
  /** `zookeeper.connect` */
  readonly zookeeper: string
  readonly logDir: string
  /** Keys of server.properties over the judges' own. */
  readonly properties?: Readonly<Record<string, string>>
  /** For Java's machine, instead of the judges' own: heap and collector. */
  readonly machineOptions?: readonly string[]
  readonly javaOptions?: readonly string[]
  /** With many partitions a start takes minutes. */
  readonly readyTimeoutMs?: number
}

/** Starts Apache Kafka's broker in ZooKeeper mode; resolves when it serves. */
export async function startApacheKafka(options: ApacheKafkaOptions): Promise<Daemon> {
  mkdirSync(options.folder, { recursive: true })
  const config = path.join(options.folder, 'server.properties')
  const properties = { ...brokerProperties(options), ...options.properties }
  writeFileSync(
    config,
    Object.entries(properties)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
  )
  const daemon = await startJava(
    'apache-kafka',
    options.folder,
    [...(options.javaOptions ?? []), 'kafka.Kafka', config],
    options.machineOptions,
  )
  await daemon.waitForOutput(/started \(kafka\.server\.KafkaServer\)/, options.readyTimeoutMs ?? readyTimeoutMs)
  return daemon
}

/** The judges' server.properties: the same keys for Apache's broker and for ours. */
export function brokerProperties(options: { port: number; zookeeper: string; logDir: string }): Record<string, string> {
  return {
    'broker.id': '1',
    listeners: `PLAINTEXT://127.0.0.1:${options.port}`,
    'zookeeper.connect': options.zookeeper,
    'zookeeper.session.timeout.ms': '6000',
    'log.dirs': options.logDir,
    'num.partitions': '1',
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '5',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '5',
    'auto.create.topics.enable': 'true',
    'delete.topic.enable': 'true',
    'group.initial.rebalance.delay.ms': '0',
  }
}
