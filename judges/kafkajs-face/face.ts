// What is put in the place of kafkajs's sources: its factories and helpers, made of ours. Bundled into one file of CommonJS for jest.
import { murmur2 } from '@odradek/client'
import { allErrors } from '@odradek/kafka-protocol'
import { createAdmin, adminEvents } from '../../packages/kafkajs/src/admin/create-admin.ts'
import { KafkaBroker } from '../../packages/kafkajs/src/cluster/broker.ts'
import { KafkaCluster } from '../../packages/kafkajs/src/cluster/kafka-cluster.ts'
import { consumerEvents } from '../../packages/kafkajs/src/consumer/consumer-events.ts'
import { createConsumer } from '../../packages/kafkajs/src/consumer/create-consumer.ts'
import { KafkaBatch } from '../../packages/kafkajs/src/consumer/kafka-batch.ts'
import { SubscriptionState } from '../../packages/kafkajs/src/consumer/subscription-state.ts'
import { Instrumentation } from '../../packages/kafkajs/src/core/instrumentation.ts'
import { consoleLogCreator, createLogger } from '../../packages/kafkajs/src/core/logger.ts'
import { createRetrier } from '../../packages/kafkajs/src/core/retry.ts'
import * as kafkajs from '../../packages/kafkajs/src/index.ts'
import { machineFor } from '../../packages/kafkajs/src/machine.ts'
import { legacyMurmur2 } from '../../packages/kafkajs/src/producer/legacy-murmur2.ts'
import { createProducer, producerEvents } from '../../packages/kafkajs/src/producer/create-producer.ts'
import { protocolError, protocolErrorFacts } from '../../packages/kafkajs/src/protocol-error.ts'

type Options = Record<string, never>

const { env } = { env: machineFor({}) }
/** Retries of tests: kafkajs has shorter ones where NODE_ENV is test. */
const testRetry = { maxRetryTime: 1000, initialRetryTime: 50, factor: 0.02, multiplier: 1.5, retries: 15 }

class Cluster extends KafkaCluster {
  constructor({ instrumentationEmitter, ssl, socketFactory, retry, ...options }: Options & { retry?: object }) {
    super({
      ...options,
      retry: { ...testRetry, ...retry },
      env: machineFor({ ...(ssl ? { ssl } : {}), ...(socketFactory ? { socketFactory } : {}) }),
      instrumentation: (instrumentationEmitter as Emitter | undefined)?.instrumentation,
    } as never)
  }
}

/** As kafkajs's tests make one of their own. */
class Emitter {
  readonly instrumentation = new Instrumentation(env.clock)
  emit(type: string, payload: unknown): void {
    this.instrumentation.emit(type, payload)
  }
  addListener(type: string, listener: () => void): () => void {
    return this.instrumentation.addListener(type, listener)
  }
}

function withInstrumentation({ instrumentationEmitter, retry, ...options }: Options & { retry?: object }): never {
  const emitter = instrumentationEmitter as Emitter | undefined
  // Some tests make a client before its cluster, and another one after.
  const cluster = options['cluster'] ?? new Cluster({ brokers: [], logger: options['logger'] } as never)
  return {
    ...options,
    cluster,
    ...(retry === undefined ? {} : { retry: { ...testRetry, ...retry } }),
    instrumentation: emitter?.instrumentation,
  } as never
}

const bytesOf = (key: unknown): Buffer => (Buffer.isBuffer(key) ? key : Buffer.from(String(key)))
const errorCodes = [...allErrors()].map(({ code }) => protocolErrorFacts(code))

export const index = kafkajs
export const modules = {
  'index.js': kafkajs.Kafka,
  'admin/index.js': (options: Options) =>
    createAdmin({ retry: testRetry, ...(withInstrumentation(options) as object) } as never),
  'admin/instrumentationEvents.js': { events: adminEvents },
  'broker/index.js': KafkaBroker,
  'cluster/index.js': Cluster,
  'cluster/connectionPoolBuilder.js': () => undefined,
  'consumer/index.js': (options: Options) =>
    createConsumer({ retry: testRetry, ...(withInstrumentation(options) as object) } as never),
  'consumer/instrumentationEvents.js': { events: consumerEvents },
  'consumer/assignerProtocol.js': kafkajs.AssignerProtocol,
  'consumer/assigners/index.js': kafkajs.PartitionAssigners,
  'consumer/assigners/roundRobinAssigner/index.js': kafkajs.PartitionAssigners.roundRobin,
  'consumer/batch.js': KafkaBatch,
  'consumer/subscriptionState.js': SubscriptionState,
  'errors.js': kafkajs,
  'instrumentation/emitter.js': Emitter,
  'loggers/index.js': {
    LEVELS: kafkajs.logLevel,
    createLogger: (options: object) => createLogger({ clock: { wallMs: () => Date.now() } as never, ...options }),
  },
  'loggers/console.js': consoleLogCreator,
  'network/connectionPool.js': class {},
  'network/socketFactory.js': () => undefined,
  'producer/eosManager/index.js': () => undefined,
  'producer/index.js': (options: Options) => createProducer(withInstrumentation(options)),
  'producer/instrumentationEvents.js': { events: producerEvents },
  'producer/partitioners/index.js': kafkajs.Partitioners,
  'producer/partitioners/default/index.js': kafkajs.Partitioners.DefaultPartitioner,
  'producer/partitioners/default/murmur2.js': (key: unknown) => murmur2(bytesOf(key)),
  'producer/partitioners/legacy/index.js': kafkajs.Partitioners.LegacyPartitioner,
  'producer/partitioners/legacy/murmur2.js': (key: unknown) => legacyMurmur2(bytesOf(key)),
  'protocol/aclOperationTypes.js': kafkajs.AclOperationTypes,
  'protocol/aclPermissionTypes.js': kafkajs.AclPermissionTypes,
  'protocol/aclResourceTypes.js': kafkajs.AclResourceTypes,
  'protocol/configResourceTypes.js': kafkajs.ConfigResourceTypes,
  'protocol/configSource.js': kafkajs.ConfigSource,
  'protocol/coordinatorTypes.js': { GROUP: 0, TRANSACTION: 1 },
  'protocol/error.js': { createErrorFromCode: protocolError, errorCodes },
  'protocol/isolationLevel.js': { READ_UNCOMMITTED: 0, READ_COMMITTED: 1 },
  'protocol/message/compression/index.js': { Types: kafkajs.CompressionTypes, Codecs: kafkajs.CompressionCodecs },
  'protocol/resourcePatternTypes.js': kafkajs.ResourcePatternTypes,
  'retry/index.js': (options: object = {}) => createRetrier(env, { ...testRetry, ...options }),
}
