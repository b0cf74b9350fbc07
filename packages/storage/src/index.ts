export type {
  AppendAsLeaderOptions,
  AppendResult,
  OffsetAndTimestamp,
  ReadOptions,
  ReadResult,
} from './append/append-types.ts'
export { RecordValidationError, type RecordError, type RecordFault } from './append/record-validation-error.ts'
export { firstSequence, type ProducerBatch, type ProducerEntry } from './core/producer/producer-entry.ts'
export { decodeProducerSnapshot } from './core/producer/producer-snapshot.ts'
export type { AbortedTransaction } from './core/producer/producer-states.ts'
export { decodeTransactionIndex } from './core/transaction-index.ts'
export { type GetOrCreateOptions, LogManager } from './host/log-manager.ts'
export type { LogManagerOptions } from './host/log-manager-options.ts'
export { dumpSegment, type DumpedBatch, type DumpEnd } from './inspect/dump-log-file.ts'
export { dumpSmallFile, type DumpedEntry } from './inspect/dump-small-file.ts'
export { inspectLogDirectory, type InspectedDirectory } from './inspect/inspect-log-directory.ts'
export type { InspectedLog } from './inspect/inspect-log.ts'
export type { StorageFaults } from './planted-faults.ts'
export { PartitionLog } from './host/partition-log.ts'
export { defaultLogConfig, type BrokerCompressionType, type LogConfig } from './log-config.ts'
export { openFilesLimit } from './open-files-limit.ts'
export { StorageError, type StorageErrorCode } from './storage-error.ts'
