export { assert, AssertionError, unreachable } from './assert.ts'
export { BufferPool, type BufferPoolOptions } from './buffer-pool.ts'
export { ByteReader } from './byte-reader.ts'
export { ByteWriter } from './byte-writer.ts'
export { crc32c } from './crc32c.ts'
export { DecodeError, type DecodeErrorCode } from './decode-error.ts'
export { OdradekError } from './error.ts'
export { FrameReader, type BadFrameSize, type FrameReaderOptions } from './frame-reader.ts'
export { FrameSplitter } from './frame-splitter.ts'
export type { Clock } from './env/clock.ts'
export type { Disk, DiskFile, FileStatus, OpenMode } from './env/disk.ts'
export { DiskError, type DiskErrorCode } from './env/disk-error.ts'
export type { Env } from './env/env.ts'
export { ComponentLevel, LogLevels, ROOT_LOGGER } from './env/log-levels.ts'
export type { LogFields, Logger, LogLevel } from './env/logger.ts'
export type {
  Connection,
  ConnectionHandler,
  ConnectOptions,
  HttpHandler,
  Listener,
  ListenOptions,
  Network,
  TlsConnectOptions,
  TlsIdentity,
  TlsListenOptions,
} from './env/network.ts'
export { NetworkError, type NetworkErrorCode } from './env/network-error.ts'
export type { Random } from './env/random.ts'
export type { Timer, Timers } from './env/timers.ts'
export { JaasError, parseJaasFile, type JaasEntry } from './jaas-file.ts'
export { Histogram } from './metrics/histogram.ts'
export { nearestName } from './nearest-name.ts'
export { Counter, Gauge, MetricsRegistry, type LabelValues } from './metrics/metrics-registry.ts'
