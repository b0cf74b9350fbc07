import type { BufferPool, Env } from '@odradek/base'
import type { TailCacheBudget } from '../core/tail-cache.ts'
import type { StorageFaults } from '../planted-faults.ts'
import type { BackgroundWork } from './background-work.ts'
import type { OpenFiles } from './open-files.ts'

/** What all logs of one manager share. */
export interface LogContext {
  readonly env: Env
  readonly files: OpenFiles
  readonly tailCacheBudget: TailCacheBudget
  /** Where the buffers come from, and go back to, that are read from the disk and that the tail caches hold. */
  readonly buffers: BufferPool
  readonly background: BackgroundWork
  /** `producer.id.expiration.ms` */
  readonly producerIdExpirationMs: number
  /** The disk under a log directory failed: all its logs go offline. Called once per failed operation. */
  onDiskFailure(directory: string, error: Error): void
  /** Removes files after `delayMs`; they are renamed already and nobody will look for them. */
  removeLater(paths: readonly string[], delayMs: number, directory: string): void
  /** A log was truncated below what its checkpoint says: until that is written again, too little would be validated after a crash. */
  onRecoveryPointLowered(directory: string): void
  /** For tests only. */
  readonly faults: StorageFaults
  /** For tests: where stored index positions wrap. */
  readonly positionModulus?: number
}
