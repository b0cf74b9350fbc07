// `@odradek/kafkajs`: the names, types and behaviour of kafkajs 2.2.4 over `@odradek/client`.
import { AssignerProtocol } from './consumer/assigner-protocol.ts'
import { PartitionAssigners } from './consumer/round-robin-assigner.ts'
import * as enums from './enums.ts'
import * as errors from './errors.ts'
import { KafkaClient } from './kafka-client.ts'
import { machineFor } from './machine.ts'
import { CompressionCodecs } from './producer/compression-codecs.ts'
import { Partitioners } from './producer/partitioners.ts'
import type { KafkaConfig } from './types/config.ts'

/** A client: `new Kafka({ clientId, brokers })`, then `producer()`, `consumer({ groupId })` and `admin()`. */
export class Kafka extends KafkaClient {
  constructor(config: KafkaConfig) {
    super(config, { env: machineFor(config), logLevelName: process.env['KAFKAJS_LOG_LEVEL'] })
  }
}

export { AssignerProtocol, CompressionCodecs, PartitionAssigners, Partitioners }
export * from './enums.ts'
export * from './errors.ts'
export type * from './types/admin.ts'
export type * from './types/cluster.ts'
export type * from './types/config.ts'
export type * from './types/consumer.ts'
export type * from './types/events.ts'
export type * from './types/logger.ts'
export type * from './types/producer.ts'

/** As kafkajs is one object for those who import it whole: `import kafkajs from 'kafkajs'`. */
export default { Kafka, AssignerProtocol, CompressionCodecs, PartitionAssigners, Partitioners, ...enums, ...errors }
