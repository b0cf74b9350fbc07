// Records of `org.apache.zookeeper.server.persistence`: the files of a data directory.
import { int, long } from '../jute.ts'
import type { Decoded } from '../jute.ts'
import { record } from '../jute-record.ts'

/** Opens every snapshot and transaction log. */
export const fileHeader = record('server.persistence.FileHeader', { magic: int, version: int, dbid: long })
export type FileHeader = Decoded<typeof fileHeader>
