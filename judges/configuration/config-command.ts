// Apache's kafka-configs, as a user calls it.
import { classpath } from '../lib/maven.ts'
import { runCommand } from '../lib/run-command.ts'

/** Runs kafka-configs of 3.9.1; returns what it printed, standard error included. */
export async function configCommand(bootstrap: string, args: readonly string[]): Promise<string> {
  const libraries = await classpath('kafka-3.9.1')
  const { stdout, stderr } = await runCommand('java', [
    '-Xmx128m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-cp',
    libraries,
    'kafka.admin.ConfigCommand',
    '--bootstrap-server',
    bootstrap,
    ...args,
  ])
  const isNoise = /^(?:SLF4J|log4j):|^\[.*\] (?:INFO|WARN) /
  return `${stdout}${stderr}`
    .split('\n')
    .filter((line) => line !== '' && !isNoise.test(line))
    .join('\n')
}

const brokers = ['--entity-type', 'brokers']
const all = [...brokers, '--entity-default']
const one = [...brokers, '--entity-name', '1']
const topic = ['--entity-type', 'topics', '--entity-name', 't']
const ips = ['--entity-type', 'ips']
const loggers = ['--entity-type', 'broker-loggers', '--entity-name', '1']
const clients = ['--entity-type', 'clients', '--entity-name', 'c']
const alter = (entity: readonly string[], ...change: string[]): string[] => ['--alter', ...entity, ...change]
const add = (entity: readonly string[], config: string): string[] => alter(entity, '--add-config', config)
const remove = (entity: readonly string[], config: string): string[] => alter(entity, '--delete-config', config)

/** Calls whose output must be the same on both brokers, one after the other. */
export const configCommands: readonly (readonly string[])[] = [
  add(topic, 'retention.ms=1234,cleanup.policy=[compact,delete]'),
  ['--describe', ...topic],
  ['--describe', ...topic, '--all'],
  remove(topic, 'cleanup.policy'),
  ['--describe', ...topic],
  add(topic, 'no.such.key=1'),
  add(all, 'log.retention.ms=99999,max.connections.per.ip=700'),
  ['--describe', ...all],
  add(one, 'message.max.bytes=1500000,num.io.threads=9'),
  ['--describe', ...one],
  ['--describe', ...one, '--all'],
  add(one, 'broker.id=7'),
  remove(one, 'message.max.bytes,num.io.threads'),
  remove(all, 'log.retention.ms,max.connections.per.ip'),
  ['--describe', ...all],
  add([...ips, '--entity-name', '10.9.8.7'], 'connection_creation_rate=50'),
  add([...ips, '--entity-default'], 'connection_creation_rate=500'),
  ['--describe', ...ips],
  remove([...ips, '--entity-name', '10.9.8.7'], 'connection_creation_rate'),
  add(
    clients,
    'producer_byte_rate=1000000,consumer_byte_rate=2000000,request_percentage=200,controller_mutation_rate=10',
  ),
  ['--describe', ...clients],
  remove(clients, 'controller_mutation_rate'),
  ['--describe', '--entity-type', 'clients'],
  add(loggers, 'root=INFO'),
]
