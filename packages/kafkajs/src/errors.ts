// The errors of kafkajs 2.2.4, with its names, fields and retriable flags: what a user's `instanceof`, `error.name` and `error.type` look at.
import type { PartitionMetadata } from './types/cluster.ts'

export interface KafkaJSErrorMetadata {
  retriable?: boolean
  topic?: string
  partitionId?: number
  metadata?: PartitionMetadata
}

export interface KafkaJSOffsetOutOfRangeMetadata {
  topic: string
  partition: number
}

export interface KafkaJSNumberOfRetriesExceededMetadata {
  retryCount: number
  retryTime: number
}

export interface KafkaJSConnectionErrorMetadata {
  broker?: string
  code?: string
}

export interface KafkaJSRequestTimeoutErrorMetadata {
  broker: string
  clientId: string
  correlationId: number
  createdAt: number
  sentAt: number
  pendingDuration: number
}

export interface KafkaJSTopicMetadataNotLoadedMetadata {
  topic: string
}

export interface KafkaJSStaleTopicMetadataAssignmentMetadata {
  topic: string
  unknownPartitions: PartitionMetadata[]
}

export interface KafkaJSServerDoesNotSupportApiKeyMetadata {
  apiKey: number
  apiName: string
}

export interface KafkaJSDeleteGroupsErrorGroups {
  groupId: string
  errorCode: number
  error: KafkaJSError
}

export interface KafkaJSDeleteTopicRecordsErrorPartition {
  partition: number
  offset: string
  error: KafkaJSError
}

export interface KafkaJSDeleteTopicRecordsErrorTopic {
  topic: string
  partitions: KafkaJSDeleteTopicRecordsErrorPartition[]
}

export interface DeleteGroupsResult {
  groupId: string
  errorCode?: number
  error?: KafkaJSProtocolError
}

/** What an error may be made of: a text, or another error whose message, help and cause it takes over. */
type Source = Error | string

interface Extra {
  retriable?: boolean | undefined
  cause?: unknown
}

function textOf(source: Source): string {
  return typeof source === 'string' ? source : source.message
}

export class KafkaJSError extends Error {
  override name = 'KafkaJSError'
  readonly retriable: boolean
  declare readonly helpUrl?: string
  declare readonly cause?: Error

  constructor(source: Source = '', metadata: KafkaJSErrorMetadata & Extra = {}) {
    super(textOf(source))
    this.retriable = metadata.retriable ?? true
    const { helpUrl } = source as { helpUrl?: string }
    if (helpUrl !== undefined) this.helpUrl = helpUrl
    if (metadata.cause !== undefined) this.cause = metadata.cause as Error
  }
}

export class KafkaJSNonRetriableError extends KafkaJSError {
  override name = 'KafkaJSNonRetriableError'

  constructor(source: Source = '', { cause }: Extra = {}) {
    super(source, { retriable: false, cause })
  }
}

/** What an error code of the protocol says. */
export interface ProtocolErrorFacts {
  readonly message: string
  readonly type?: string
  readonly code?: number
  readonly retriable?: boolean
}

export class KafkaJSProtocolError extends KafkaJSError {
  override name = 'KafkaJSProtocolError'
  readonly code: number
  readonly type: string

  constructor(source: Source | ProtocolErrorFacts, { retriable }: Extra = {}) {
    const facts = (typeof source === 'string' ? { message: source } : source) as ProtocolErrorFacts
    super(facts.message, { retriable: retriable ?? facts.retriable ?? true })
    this.type = facts.type as string
    this.code = facts.code as number
  }
}

export class KafkaJSOffsetOutOfRange extends KafkaJSProtocolError {
  override name = 'KafkaJSOffsetOutOfRange'
  readonly topic: string
  readonly partition: number

  constructor(source: Source | ProtocolErrorFacts, metadata?: KafkaJSOffsetOutOfRangeMetadata) {
    super(source)
    this.topic = metadata?.topic as string
    this.partition = metadata?.partition as number
  }
}

export class KafkaJSMemberIdRequired extends KafkaJSProtocolError {
  override name = 'KafkaJSMemberIdRequired'
  readonly memberId: string

  constructor(source: Source | ProtocolErrorFacts, { memberId }: { memberId: string }) {
    super(source)
    this.memberId = memberId
  }
}

export class KafkaJSNumberOfRetriesExceeded extends KafkaJSNonRetriableError {
  override name = 'KafkaJSNumberOfRetriesExceeded'
  declare readonly stack: string
  readonly retryCount: number
  readonly retryTime: number

  constructor(source: Source, metadata?: KafkaJSNumberOfRetriesExceededMetadata) {
    super(source, { cause: source })
    this.stack = `KafkaJSNonRetriableError\n  Caused by: ${typeof source === 'string' ? source : source.stack}`
    this.retryCount = metadata?.retryCount as number
    this.retryTime = metadata?.retryTime as number
  }
}

export class KafkaJSConnectionError extends KafkaJSError {
  override name = 'KafkaJSConnectionError'
  readonly broker: string
  /** Of the system, such as ECONNREFUSED. */
  readonly code?: string | undefined

  constructor(source: Source, { broker, code, cause }: KafkaJSConnectionErrorMetadata & Extra = {}) {
    super(source, { cause })
    this.broker = broker as string
    this.code = code
  }
}

export class KafkaJSConnectionClosedError extends KafkaJSConnectionError {
  override name = 'KafkaJSConnectionClosedError'
  readonly host: string | undefined
  readonly port: number | undefined

  constructor(source: Source, { host, port }: { host?: string; port?: number } = {}) {
    super(source, { broker: `${host}:${port}` })
    this.host = host
    this.port = port
  }
}

export class KafkaJSRequestTimeoutError extends KafkaJSError {
  override name = 'KafkaJSRequestTimeoutError'
  readonly broker: string
  readonly correlationId: number
  readonly createdAt: number
  readonly sentAt: number
  readonly pendingDuration: number

  constructor(source: Source, metadata: Partial<KafkaJSRequestTimeoutErrorMetadata> = {}) {
    super(source)
    this.broker = metadata.broker as string
    this.correlationId = metadata.correlationId as number
    this.createdAt = metadata.createdAt as number
    this.sentAt = metadata.sentAt as number
    this.pendingDuration = metadata.pendingDuration as number
  }
}

export class KafkaJSMetadataNotLoaded extends KafkaJSError {
  override name = 'KafkaJSMetadataNotLoaded'
}

export class KafkaJSTopicMetadataNotLoaded extends KafkaJSMetadataNotLoaded {
  override name = 'KafkaJSTopicMetadataNotLoaded'
  readonly topic: string

  constructor(source: Source, metadata?: KafkaJSTopicMetadataNotLoadedMetadata) {
    super(source)
    this.topic = metadata?.topic as string
  }
}

export class KafkaJSStaleTopicMetadataAssignment extends KafkaJSError {
  override name = 'KafkaJSStaleTopicMetadataAssignment'
  readonly topic: string
  readonly unknownPartitions: number

  constructor(source: Source, metadata?: KafkaJSStaleTopicMetadataAssignmentMetadata) {
    super(source)
    this.topic = metadata?.topic as string
    this.unknownPartitions = metadata?.unknownPartitions as unknown as number
  }
}

export class KafkaJSDeleteGroupsError extends KafkaJSError {
  override name = 'KafkaJSDeleteGroupsError'
  readonly groups: DeleteGroupsResult[]

  constructor(source: Source, groups: KafkaJSDeleteGroupsErrorGroups[] = []) {
    super(source)
    this.groups = groups as unknown as DeleteGroupsResult[]
  }
}

export class KafkaJSServerDoesNotSupportApiKey extends KafkaJSNonRetriableError {
  override name = 'KafkaJSServerDoesNotSupportApiKey'
  readonly apiKey: number
  readonly apiName: string

  constructor(source: Source, metadata?: KafkaJSServerDoesNotSupportApiKeyMetadata) {
    super(source)
    this.apiKey = metadata?.apiKey as number
    this.apiName = metadata?.apiName as string
  }
}

export class KafkaJSBrokerNotFound extends KafkaJSError {
  override name = 'KafkaJSBrokerNotFound'
}

export class KafkaJSPartialMessageError extends KafkaJSNonRetriableError {
  override name = 'KafkaJSPartialMessageError'
}

export class KafkaJSSASLAuthenticationError extends KafkaJSNonRetriableError {
  override name = 'KafkaJSSASLAuthenticationError'
}

export class KafkaJSGroupCoordinatorNotFound extends KafkaJSNonRetriableError {
  override name = 'KafkaJSGroupCoordinatorNotFound'
}

export class KafkaJSNotImplemented extends KafkaJSNonRetriableError {
  override name = 'KafkaJSNotImplemented'
}

export class KafkaJSTimeout extends KafkaJSNonRetriableError {
  override name = 'KafkaJSTimeout'
}

export class KafkaJSLockTimeout extends KafkaJSTimeout {
  override name = 'KafkaJSLockTimeout'
}

export class KafkaJSUnsupportedMagicByteInMessageSet extends KafkaJSNonRetriableError {
  override name = 'KafkaJSUnsupportedMagicByteInMessageSet'
}

export class KafkaJSDeleteTopicRecordsError extends KafkaJSError {
  override name = 'KafkaJSDeleteTopicRecordsError'
  readonly partitions: KafkaJSDeleteTopicRecordsErrorPartition[]

  /** Retriable when all errors in it are. */
  constructor({ partitions }: KafkaJSDeleteTopicRecordsErrorTopic) {
    const failed = partitions.filter(({ error }) => error !== undefined && error !== null)
    super('Error while deleting records', { retriable: failed.every(({ error }) => error.retriable) })
    this.partitions = partitions
  }
}

export class KafkaJSInvariantViolation extends KafkaJSNonRetriableError {
  override name = 'KafkaJSInvariantViolation'

  constructor(source: Source) {
    super(`Invariant violated: ${textOf(source)}. This is likely a bug and should be reported.`)
  }
}

/** Named as in kafkajs: after its parent. */
export class KafkaJSInvalidVarIntError extends KafkaJSNonRetriableError {}

/** Named as in kafkajs: after its parent. */
export class KafkaJSInvalidLongError extends KafkaJSNonRetriableError {}

export class KafkaJSCreateTopicError extends KafkaJSProtocolError {
  override name = 'KafkaJSCreateTopicError'
  readonly topic: string

  constructor(source: Source | ProtocolErrorFacts, topic: string) {
    super(source)
    this.topic = topic
  }
}

export class KafkaJSAlterPartitionReassignmentsError extends KafkaJSProtocolError {
  override name = 'KafkaJSAlterPartitionReassignmentsError'
  declare readonly topic?: string
  declare readonly partition?: number

  constructor(source: Source | ProtocolErrorFacts, topic?: string, partition?: number) {
    super(source)
    if (topic !== undefined) this.topic = topic
    if (partition !== undefined) this.partition = partition
  }
}

export class KafkaJSAggregateError extends Error {
  override name = 'KafkaJSAggregateError'
  readonly errors: (Error | string)[]

  constructor(source: Source, errors: (Error | string)[]) {
    super(textOf(source))
    this.errors = errors
  }
}

export class KafkaJSFetcherRebalanceError extends Error {}

export class KafkaJSNoBrokerAvailableError extends KafkaJSError {
  override name = 'KafkaJSNoBrokerAvailableError'

  constructor() {
    super('No broker available')
  }
}
