import { DiskError } from '@odradek/base'
import type { Env } from '@odradek/base'
import type { MetaProperties } from '../checkpoint/meta-properties.ts'
import { StorageError } from '../storage-error.ts'
import { LogDirectory } from './log-directory.ts'

/** All directories of `log.dirs`: who they belong to, and which of them still work. */
export class LogDirectories {
  readonly all: readonly LogDirectory[]
  readonly #env: Env
  readonly #brokerId: number
  readonly #onFailure: (directory: LogDirectory, error: Error) => void

  constructor(
    env: Env,
    paths: readonly string[],
    brokerId: number,
    onFailure: (directory: LogDirectory, error: Error) => void,
  ) {
    this.#env = env
    this.#brokerId = brokerId
    this.#onFailure = onFailure
    this.all = paths.map((path) => new LogDirectory(env, path))
  }

  get online(): LogDirectory[] {
    return this.all.filter(({ isOnline }) => isOnline)
  }

  find(path: string): LogDirectory | undefined {
    return this.all.find((directory) => directory.path === path)
  }

  /** Makes and locks them; the cluster that they belong to, as far as they say. Throws as `LogManager.open`. */
  open(): string | undefined {
    let clusterId: string | undefined
    try {
      for (const directory of this.all) {
        this.guard(directory, () => {
          directory.lock()
          const properties = directory.readMetaProperties()
          this.#checkIdentity(directory, properties, clusterId)
          clusterId ??= properties?.clusterId
        })
      }
      this.ensureOne()
    } catch (error) {
      this.unlock()
      throw error
    }
    return clusterId
  }

  #checkIdentity(directory: LogDirectory, properties: MetaProperties | undefined, clusterId: string | undefined): void {
    if (properties === undefined) return
    if (properties.brokerId !== undefined && properties.brokerId !== this.#brokerId) {
      throw new StorageError(
        'INCONSISTENT_IDENTITY',
        `${directory.path} belongs to broker ${properties.brokerId}, but broker.id is ${this.#brokerId}: set broker.id or log.dirs right`,
      )
    }
    if (clusterId !== undefined && properties.clusterId !== undefined && properties.clusterId !== clusterId) {
      throw new StorageError(
        'INCONSISTENT_IDENTITY',
        `${directory.path} belongs to cluster ${properties.clusterId}, the log directory before it to ${clusterId}`,
      )
    }
  }

  /** Where they are missing or incomplete. */
  writeMetaProperties(clusterId: string): void {
    const brokerId = this.#brokerId
    this.forEach((directory) => {
      const properties = directory.readMetaProperties()
      if (properties?.clusterId === clusterId && properties.brokerId === brokerId) return
      directory.writeMetaProperties({ brokerId, clusterId, others: properties?.others ?? new Map() })
    })
  }

  /** Throws `StorageError` NO_DIRECTORY when none is left. */
  ensureOne(): void {
    if (this.online.length > 0) return
    const reasons = this.all.map(({ path, failure }) => `${path}: ${failure?.message ?? 'not usable'}`)
    throw new StorageError('NO_DIRECTORY', `no log directory can be used (${reasons.join('; ')})`)
  }

  /** Runs what touches each directory that is online. */
  forEach(task: (directory: LogDirectory) => void): void {
    for (const directory of this.all) this.guard(directory, () => task(directory))
  }

  /** Runs what touches a directory, if it is online; a disk error takes it offline. */
  guard(directory: LogDirectory, task: () => void): void {
    if (!directory.isOnline) return
    try {
      task()
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.fail(directory.path, error)
    }
  }

  /** Takes a directory offline, once. */
  fail(path: string, error: Error): void {
    const directory = this.find(path)
    if (directory === undefined || !directory.isOnline) return
    directory.failure = error
    const message = 'a log directory failed and is offline until the broker is restarted'
    this.#env.log.error(message, { directory: path, error })
    this.#onFailure(directory, error)
  }

  unlock(): void {
    for (const directory of this.all) directory.unlock()
  }
}
