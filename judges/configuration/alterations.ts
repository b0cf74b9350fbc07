import type { Alteration, Change } from './asked-configs.ts'
import { brokerType, loggerType, topicType } from './asked-configs.ts'

const set = (name: string, value: string | null): Change => [name, 0, value]
const remove = (name: string): Change => [name, 1, null]
const append = (name: string, value: string): Change => [name, 2, value]
const subtract = (name: string, value: string): Change => [name, 3, value]

const ofTopic = (...changes: Change[]): Alteration => ({ type: topicType, name: 't', changes })
const ofBroker = (...changes: Change[]): Alteration => ({ type: brokerType, name: '1', changes })
const ofAll = (...changes: Change[]): Alteration => ({ type: brokerType, name: '', changes })
const ofLoggers = (...changes: Change[]): Alteration => ({ type: loggerType, name: '1', changes })

/** Changes, good and bad, that both brokers are asked for, one after the other. */
export const alterations: readonly Alteration[] = [
  ofTopic(set('retention.ms', '86400000')),
  ofTopic(set('retention.ms', '-2')),
  ofTopic(set('retention.ms', 'soon')),
  ofTopic(set('no.such.key', '1')),
  ofTopic(set('retention.ms', null)),
  ofTopic(append('cleanup.policy', 'compact')),
  ofTopic(append('retention.ms', '1')),
  ofTopic(subtract('cleanup.policy', 'delete')),
  ofTopic(remove('cleanup.policy')),
  ofTopic(set('compression.type', 'rar')),
  ofTopic(set('compression.type', 'zstd'), set('compression.zstd.level', '7')),
  ofTopic(set('min.compaction.lag.ms', '10'), set('max.compaction.lag.ms', '5')),
  ofTopic(set('segment.bytes', '1000000'), set('segment.bytes', '2000000')),
  ofTopic(set('message.format.version', '2.8')),
  ofTopic(set('remote.storage.enable', 'true')),
  { type: topicType, name: '', changes: [set('retention.ms', '1')] },
  { type: topicType, name: 'absent', changes: [set('retention.ms', '1')] },
  { ...ofTopic(set('retention.ms', '1')), validateOnly: true },
  ofBroker(set('log.retention.ms', '3600000')),
  ofBroker(set('log.retention.ms', 'x')),
  ofAll(set('message.max.bytes', '2000000')),
  ofBroker(set('message.max.bytes', '-5')),
  ofAll(set('compression.type', 'lz4')),
  ofBroker(set('broker.rack', 'a')),
  ofBroker(set('num.io.threads', '12')),
  ofBroker(set('num.io.threads', '100')),
  ofBroker(set('num.io.threads', '1')),
  ofBroker(set('num.network.threads', '4')),
  ofBroker(set('background.threads', '0')),
  ofAll(set('max.connections.per.ip', '500')),
  ofAll(set('max.connections.per.ip.overrides', '10.0.0.9:7')),
  ofAll(set('log.cleaner.threads', '2')),
  ofAll(set('log.cleaner.dedupe.buffer.size', '200000000')),
  ofBroker(append('log.cleanup.policy', 'compact')),
  ofBroker(subtract('log.cleanup.policy', 'compact')),
  ofBroker(append('no.such.list', 'x')),
  ofBroker(set('some.custom.key', 'x')),
  ofAll(set('advertised.listeners', 'PLAINTEXT://127.0.0.1:9')),
  ofBroker(set('ssl.keystore.location', '/no/such/file')),
  ofBroker(set('leader.replication.throttled.rate', '1000000')),
  ofAll(set('log.retention.ms', '7200000')),
  ofBroker(remove('log.retention.ms')),
  ofBroker(set('log.roll.ms', null)),
  { type: brokerType, name: '2', changes: [set('log.retention.ms', '1')] },
  { type: brokerType, name: 'x', changes: [set('log.retention.ms', '1')] },
  ofLoggers(append('root', 'INFO')),
  ofLoggers(set('no.such.logger', 'INFO')),
  ofLoggers(set('root', 'LOUD')),
  ofLoggers(remove('root')),
  ofLoggers(set('root', 'INFO')),
  { type: loggerType, name: '', changes: [set('root', 'INFO')] },
  { type: loggerType, name: '7', changes: [set('root', 'INFO')] },
  { type: 99, name: 'x', changes: [set('a', 'b')] },
]
