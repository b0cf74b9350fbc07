import type { ZooKeeperClient } from '../zookeeper-client.ts'
import { decodeInstance } from './service-instance.ts'
import type { ServiceInstance } from './service-instance.ts'
import { ChangeStream } from './support/change-stream.ts'
import { SubtreeCache } from './subtree-cache.ts'

/** What has become of an instance. */
export interface ServiceChange {
  readonly type: 'added' | 'changed' | 'removed'
  /** As it is now, or was when it went. */
  readonly instance: ServiceInstance
}

/**
 * All instances of all services below `base`, kept up to date in memory. While there is no connection it shows what it knew. A node that no
 * instance can be read from is left out, and named in the log.
 */
export class ServiceDirectory implements AsyncDisposable {
  readonly #client: ZooKeeperClient
  readonly #cache: SubtreeCache
  readonly #changes = new ChangeStream<ServiceChange>()
  readonly #services = new Map<string, Map<string, ServiceInstance>>()
  readonly #turns = new Map<string, number>()

  private constructor(client: ZooKeeperClient, cache: SubtreeCache) {
    this.#client = client
    this.#cache = cache
    for (const { path, data } of cache.nodes()) this.#put(path, data)
    cache.onChange(
      (change) => {
        if (change.type === 'removed') this.#remove(change.previous.path)
        else this.#put(change.node.path, change.node.data)
      },
      (error) => this.#changes.end(error),
    )
  }

  /** Resolves when all that are registered are known. Rejects with the signal's reason, or with `ZooKeeperError`. */
  static async open(client: ZooKeeperClient, base: string, signal?: AbortSignal): Promise<ServiceDirectory> {
    return new ServiceDirectory(client, await SubtreeCache.open(client, base, signal))
  }

  /** Names of the services that have an instance, sorted. */
  names(): string[] {
    return [...this.#services.keys()].sort((a, b) => (a < b ? -1 : 1))
  }

  /** The instances of a service, sorted by id. */
  instances(name: string): ServiceInstance[] {
    return [...(this.#services.get(name)?.values() ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** One instance of a service, each in its turn; undefined when there is none. */
  next(name: string): ServiceInstance | undefined {
    const instances = this.instances(name)
    if (instances.length === 0) return undefined
    const turn = this.#turns.get(name) ?? 0
    this.#turns.set(name, turn + 1)
    return instances[turn % instances.length]
  }

  /** Instances that come, change and go, from the call on. Ends when `signal` is aborted or the directory is closed; throws SESSION_EXPIRED when the client is at its end. */
  changes(signal?: AbortSignal): AsyncIterableIterator<ServiceChange> {
    return this.#changes.changes(signal)
  }

  async close(): Promise<void> {
    await this.#cache.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Service and id of an instance's node; undefined for the nodes above. */
  #place(path: string): { name: string; id: string } | undefined {
    const base = this.#cache.path === '/' ? '' : this.#cache.path
    const [name, id, more] = path.slice(base.length + 1).split('/')
    return name === undefined || id === undefined || more !== undefined ? undefined : { name, id }
  }

  #put(path: string, data: Buffer | null): void {
    const place = this.#place(path)
    if (place === undefined) return
    const instance = decodeInstance(place.name, place.id, data)
    if (instance === undefined) {
      this.#client.env.log.warn('a node below the services holds no instance', { path })
      return this.#remove(path)
    }
    const instances = this.#services.get(place.name) ?? new Map<string, ServiceInstance>()
    const type = instances.has(place.id) ? 'changed' : 'added'
    this.#services.set(place.name, instances.set(place.id, instance))
    this.#changes.push({ type, instance })
  }

  #remove(path: string): void {
    const place = this.#place(path)
    const instances = place && this.#services.get(place.name)
    const instance = place && instances?.get(place.id)
    if (place === undefined || instances === undefined || instance === undefined) return
    instances.delete(place.id)
    if (instances.size === 0) this.#services.delete(place.name)
    this.#changes.push({ type: 'removed', instance })
  }
}
