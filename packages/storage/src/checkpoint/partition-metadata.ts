import { StorageError } from '../storage-error.ts'

/** `partition.metadata`: which topic the directory belongs to. `topicId` is Kafka's 22-character base64url form. */
export function encodePartitionMetadata(topicId: string): Buffer {
  return Buffer.from(`version: 0\ntopic_id: ${topicId}`)
}

/** The topic id. Throws `StorageError` CORRUPT_FILE. */
export function decodePartitionMetadata(content: Buffer, path: string): string {
  const match = /^version: 0\r?\ntopic_id: ([A-Za-z0-9_-]{22})\s*$/.exec(content.toString('utf8'))
  if (match === null) throw new StorageError('CORRUPT_FILE', `${path} does not say "version: 0" and "topic_id: …"`)
  return match[1] as string
}
