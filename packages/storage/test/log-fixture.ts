import { encodeRecordBatch } from '@odradek/kafka-protocol'
import type { Env } from '@odradek/base'
import { defaultLogConfig } from '../src/log-config.ts'
import type { LogConfig } from '../src/log-config.ts'
import { LogManager } from '../src/host/log-manager.ts'
import type { LogManagerOptions } from '../src/host/log-manager-options.ts'

export const startMs = 1_700_000_000_000

export interface BatchOptions {
  readonly count?: number
  readonly valueBytes?: number
  readonly timestampMs?: number
  readonly compression?: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  readonly key?: string | null
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
}

/** A producer's batch; the values tell batches apart. */
export function makeBatch({
  count = 1,
  valueBytes = 10,
  timestampMs = startMs,
  key = 'key',
  compression = 'none',
  ...producer
}: BatchOptions = {}): Buffer {
  return encodeRecordBatch({
    records: Array.from({ length: count }, (_, n) => ({
      key: key === null ? null : Buffer.from(key),
      value: Buffer.alloc(valueBytes, 'abcdefghijklmnopqrstuvwxyz'[n % 26]),
      timestampMs: timestampMs + n,
    })),
    compression,
    ...producer,
  })
}

export function managerOptions(
  directory: string,
  config: Partial<LogConfig> = {},
  changes: Partial<LogManagerOptions> = {},
): LogManagerOptions {
  const logConfig = { ...defaultLogConfig, retentionMs: -1, ...config }
  return { directories: [directory], brokerId: 1, configOf: () => logConfig, producerIdExpirationMs: 1e15, ...changes }
}

/** A manager that has loaded its logs. */
export async function startManager(env: Env, options: LogManagerOptions): Promise<LogManager> {
  const manager = new LogManager(env, options)
  manager.open()
  await manager.start()
  return manager
}

/** Bytes of a read as one buffer. */
export function bytesOf({ chunks }: { chunks: readonly Buffer[] }): Buffer {
  return Buffer.concat(chunks)
}
