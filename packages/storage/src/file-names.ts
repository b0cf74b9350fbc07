/** Names of files and directories under a log directory, as Kafka's. A log lives in `<topic>-<partition>`. */

export const logSuffix = '.log'
export const indexSuffix = '.index'
export const timeIndexSuffix = '.timeindex'
export const transactionIndexSuffix = '.txnindex'
export const snapshotSuffix = '.snapshot'
/** A file that waits for its deletion. */
export const deletedSuffix = '.deleted'
/** What the cleaner was writing, and what it was swapping in. */
export const cleanedSuffix = '.cleaned'
export const swapSuffix = '.swap'

export const leaderEpochCheckpointName = 'leader-epoch-checkpoint'
export const partitionMetadataName = 'partition.metadata'
export const recoveryPointCheckpointName = 'recovery-point-offset-checkpoint'
export const logStartOffsetCheckpointName = 'log-start-offset-checkpoint'
export const highWatermarkCheckpointName = 'replication-offset-checkpoint'
export const cleanerCheckpointName = 'cleaner-offset-checkpoint'
export const cleanShutdownName = '.kafka_cleanshutdown'
export const lockName = '.lock'
export const metaPropertiesName = 'meta.properties'

const offsetDigits = 20
const directoryNameMaxLength = 255

/** `00000000000000000042.log` for offset 42 and suffix `.log`. */
export function offsetFileName(offset: number, suffix: string): string {
  return offset.toString().padStart(offsetDigits, '0') + suffix
}

/** The offset that a file name begins with, or undefined when it is no name of this kind with exactly this suffix. */
export function offsetOfFileName(name: string, suffix: string): number | undefined {
  if (name.length !== offsetDigits + suffix.length || !name.endsWith(suffix)) return undefined
  const digits = name.slice(0, offsetDigits)
  if (!/^[0-9]{20}$/.test(digits)) return undefined
  const offset = Number(digits)
  return Number.isSafeInteger(offset) ? offset : undefined
}

export function partitionDirectoryName(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

/** Topic and partition of a directory name, or undefined for anything else (deleted, moving or stray directories too). */
export function parsePartitionDirectoryName(name: string): { topic: string; partition: number } | undefined {
  const match = /^(.+)-([0-9]{1,10})$/.exec(name)
  if (match === null) return undefined
  const [, topic, digits] = match as unknown as [string, string, string]
  const partition = Number(digits)
  return topic.length > 249 || partition > 0x7fff_ffff ? undefined : { topic, partition }
}

/** `<topic>-<partition>.<unique>-delete`, the topic shortened where the name would be too long. `unique` is 32 hex digits. */
export function deleteDirectoryName(topic: string, partition: number, unique: string): string {
  const suffix = `-${partition}.${unique}-delete`
  return topic.slice(0, directoryNameMaxLength - suffix.length) + suffix
}

export function isDeleteDirectoryName(name: string): boolean {
  return /^.+\.[0-9a-f]{32}-delete$/.test(name)
}

/** `<topic>-<partition>.<unique>-future`: a copy that is on its way to become the log. May be too long for a file system. */
export function futureDirectoryName(topic: string, partition: number, unique: string): string {
  return `${partitionDirectoryName(topic, partition)}.${unique}-future`
}

/** Whether the log of such a partition can have a copy beside it: names of directories are bounded. */
export function canHaveFuture(topic: string, partition: number): boolean {
  return futureDirectoryName(topic, partition, '0'.repeat(32)).length <= directoryNameMaxLength
}

/** Topic and partition of the directory of a copy, or undefined for anything else. */
export function parseFutureDirectoryName(name: string): { topic: string; partition: number } | undefined {
  const match = /^(.+)\.[0-9a-f]{32}-future$/.exec(name)
  return match === null ? undefined : parsePartitionDirectoryName(match[1] as string)
}
