import { ClientError, KafkaError } from '@odradek/client'
import { errorOf } from '@odradek/kafka-protocol'
import {
  KafkaJSConnectionClosedError,
  KafkaJSConnectionError,
  KafkaJSError,
  KafkaJSMetadataNotLoaded,
  KafkaJSNonRetriableError,
  KafkaJSProtocolError,
  KafkaJSRequestTimeoutError,
  KafkaJSSASLAuthenticationError,
  KafkaJSServerDoesNotSupportApiKey,
} from './errors.ts'
import type { ProtocolErrorFacts } from './errors.ts'

/** Where kafkajs uses the names that Kafka had before. */
const formerNames: Readonly<Record<string, string>> = {
  UNKNOWN_SERVER_ERROR: 'UNKNOWN',
  NOT_LEADER_OR_FOLLOWER: 'NOT_LEADER_FOR_PARTITION',
  COORDINATOR_LOAD_IN_PROGRESS: 'GROUP_LOAD_IN_PROGRESS',
  COORDINATOR_NOT_AVAILABLE: 'GROUP_COORDINATOR_NOT_AVAILABLE',
  NOT_COORDINATOR: 'NOT_COORDINATOR_FOR_GROUP',
}

/** Texts that programs are known to look for. */
const knownTexts: Readonly<Record<string, string>> = {
  OFFSET_OUT_OF_RANGE: 'The requested offset is not within the range of offsets maintained by the server',
  UNKNOWN_TOPIC_OR_PARTITION: 'This server does not host this topic-partition',
  INVALID_TOPIC_EXCEPTION: 'The request attempted to perform an operation on an invalid topic',
  TOPIC_ALREADY_EXISTS: 'Topic with this name already exists',
  REBALANCE_IN_PROGRESS: 'The group is rebalancing, so a rejoin is needed',
  UNKNOWN_MEMBER_ID: 'The coordinator is not aware of this member',
  REQUEST_TIMED_OUT: 'The request timed out',
  INVALID_PARTITIONS: 'Number of partitions is invalid',
  INVALID_REPLICA_ASSIGNMENT: 'Replica assignment is invalid',
  TOPIC_AUTHORIZATION_FAILED: 'Not authorized to access topics: [Topic authorization failed]',
  GROUP_AUTHORIZATION_FAILED: 'Not authorized to access group: Group authorization failed',
  CLUSTER_AUTHORIZATION_FAILED: 'Cluster authorization failed',
}

/** What kafkajs says of an error code. */
export function protocolErrorFacts(code: number): ProtocolErrorFacts & { type: string } {
  const { name, retriable, message } = errorOf(code)
  return { type: formerNames[name] ?? name, code, retriable, message: knownTexts[name] ?? message }
}

export function protocolError(code: number): KafkaJSProtocolError {
  return new KafkaJSProtocolError(protocolErrorFacts(code))
}

/** Throws unless the code says that all is well. */
export function throwIfError(code: number): void {
  if (code !== 0) throw protocolError(code)
}

/** What the client reports, as kafkajs does. Errors of kafkajs and of the user's code stay as they are. */
export function toKafkaJSError(error: unknown): Error {
  if (error instanceof KafkaError) {
    const message = knownTexts[error.code] ?? error.message
    return new KafkaJSProtocolError({ ...protocolErrorFacts(error.errorCode), message })
  }
  if (!(error instanceof ClientError)) return error instanceof Error ? error : new KafkaJSError(String(error))
  const { message, code, cause } = error
  const broker = /\b(?:broker|connect to) (\S+?):(\d+)/.exec(message)
  switch (code) {
    case 'CANNOT_CONNECT':
    case 'WRONG_LISTENER':
      return connectionError(error, placeOf(broker))
    case 'DISCONNECTED':
      return new KafkaJSConnectionClosedError(`Closed connection: ${message}`, placeOf(broker))
    case 'TIMED_OUT':
      if (cause instanceof KafkaError || cause instanceof ClientError) return toKafkaJSError(cause)
      return new KafkaJSRequestTimeoutError(message, broker === null ? {} : { broker: `${broker[1]}:${broker[2]}` })
    case 'UNSUPPORTED_VERSION':
      return new KafkaJSServerDoesNotSupportApiKey(message)
    case 'AUTHENTICATION_FAILED':
      if (cause instanceof KafkaJSError) return cause
      return new KafkaJSSASLAuthenticationError(message, { cause: error })
    case 'CLOSED':
      return new KafkaJSConnectionClosedError('Closed connection')
    case 'ABORT_TRANSACTION':
    case 'CLOSE_PRODUCER':
      return cause instanceof Error && cause !== error
        ? toKafkaJSError(cause)
        : new KafkaJSNonRetriableError(message, { cause: error })
    case 'BUFFER_FULL':
      return new KafkaJSError(message, { cause: error })
    case 'INVALID_ARGUMENT':
      return message.startsWith('there is no partition')
        ? new KafkaJSMetadataNotLoaded(message)
        : new KafkaJSNonRetriableError(message, { cause: error })
    default:
      return new KafkaJSNonRetriableError(message, { cause: error })
  }
}

interface Place {
  host?: string
  port?: number
}

function placeOf(broker: RegExpExecArray | null): Place {
  const host = broker?.[1]
  return host === undefined ? {} : { host, port: Number(broker?.[2]) }
}

/** With the code of the system, such as ECONNREFUSED. */
function connectionError(error: ClientError, { host, port }: Place): KafkaJSConnectionError {
  let system: unknown = error
  while (system instanceof Error && systemCode(system) === undefined && system.cause !== undefined)
    system = system.cause
  const code = systemCode(system)
  const text = system instanceof Error && code !== undefined ? system.message : error.message
  const timedOut = error.message.includes('within')
  return new KafkaJSConnectionError(timedOut ? `Connection timeout: ${error.message}` : `Connection error: ${text}`, {
    ...(code === undefined ? {} : { code }),
    ...(host === undefined ? {} : { broker: `${host}:${port}` }),
    cause: error,
  })
}

function systemCode(error: unknown): string | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && /^E[A-Z_]+$/.test(code) ? code : undefined
}
