import { commonKeys, parseConfig } from '@odradek/client'
import type { CommonConfig } from '@odradek/client'
import { KafkaJSConnectionError, KafkaJSNonRetriableError } from '../errors.ts'
import type { KafkaConfig } from '../types/config.ts'
import type { KafkaClusterOptions } from './kafka-cluster.ts'

const requestTimeoutDefault = 30_000
const connectionTimeoutDefault = 1000
const metadataMaxAgeDefault = 300_000
const never = 2 ** 31 - 1

/** The addresses to begin with: a list, or what the user's function brings. Throws as kafkajs does for what is none. */
export async function bootstrapServersOf(brokers: KafkaConfig['brokers']): Promise<string[]> {
  const list = typeof brokers === 'function' ? await ask(brokers) : brokers
  if (list === undefined || list === null) {
    throw new KafkaJSNonRetriableError('Failed to connect: brokers should not be null')
  }
  if (list.length === 0) throw new KafkaJSNonRetriableError('Failed to connect: brokers array is empty')
  for (const [index, broker] of list.entries()) {
    if (typeof broker === 'string' && broker !== '') continue
    throw new KafkaJSNonRetriableError(`Failed to connect: broker at index ${index} is invalid "${typeof broker}"`)
  }
  return list
}

async function ask(brokers: () => string[] | Promise<string[]>): Promise<string[]> {
  try {
    return await brokers()
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown))
    const error = new KafkaJSConnectionError(`Failed to connect: "config.brokers" threw: ${cause.message}`)
    error.stack = `${error.name}\n  Caused by: ${cause.stack}`
    throw error
  }
}

/** TLS is the network's concern: the options are Node's own. */
export function clientConfigOf(options: KafkaClusterOptions, servers: string[]): CommonConfig {
  const { clientId = 'kafkajs', sasl, requestTimeout = requestTimeoutDefault } = options
  const isEnforced = options.enforceRequestTimeout ?? true
  return parseConfig(commonKeys, {
    'bootstrap.servers': servers,
    'client.id': clientId,
    'request.timeout.ms': isEnforced ? requestTimeout : never,
    'socket.connection.setup.timeout.ms': options.connectionTimeout ?? connectionTimeoutDefault,
    'metadata.max.age.ms': options.metadataMaxAge ?? metadataMaxAgeDefault,
    'connections.max.idle.ms': -1,
    'security.protocol': sasl === undefined || sasl === null ? 'PLAINTEXT' : 'SASL_PLAINTEXT',
    ...saslConfigOf(sasl),
  })
}

function saslConfigOf(sasl: KafkaConfig['sasl']): Record<string, string> {
  if (sasl === undefined || sasl === null) return {}
  const mechanism = sasl.mechanism.toUpperCase()
  if (mechanism !== 'PLAIN' && mechanism !== 'SCRAM-SHA-256' && mechanism !== 'SCRAM-SHA-512') {
    // Its own way of authenticating takes the place of this one.
    return { 'sasl.mechanism': 'PLAIN', 'sasl.username': '', 'sasl.password': '' }
  }
  const { username, password } = sasl as { username?: string; password?: string }
  return { 'sasl.mechanism': mechanism, 'sasl.username': username ?? '', 'sasl.password': password ?? '' }
}
