// Services that register themselves as ephemeral nodes, BASE/NAME/ID, in the JSON of Curator's service discovery, so that either side may be
// Curator's.
import { ZooKeeperError } from '@odradek/zookeeper-protocol'
import type { ZooKeeperClient } from '../zookeeper-client.ts'
import { HeldNode } from './support/held-node.ts'
import type { Held, LostOn } from './support/held-node.ts'
import { ChangeStream } from './support/change-stream.ts'
import { childPath, makePath } from './support/paths.ts'
import { untilAnswered } from './support/retry.ts'
import { SubtreeCache } from './subtree-cache.ts'

/** One running instance of a service. */
export interface ServiceInstance {
  /** Of the service. */
  readonly name: string
  /** Of the instance, unique in its service. */
  readonly id: string
  readonly address: string
  readonly port: number
  readonly sslPort?: number
  /** Whatever the users of the service have to know, as JSON has it. */
  readonly payload?: unknown
  /** When it registered, in milliseconds since 1970. */
  readonly registeredMs: number
}

export interface ServiceRegistrationOptions {
  readonly signal?: AbortSignal
  /** Default: `expiry`: an instance serves on while its session may live. */
  readonly lostOn?: LostOn
}

/** An instance that others can find, until it is released or the session ends. */
export interface ServiceRegistration extends Held {
  readonly instance: ServiceInstance
  /** Tells others a new address, port or payload. */
  update(change: Partial<Omit<ServiceInstance, 'name' | 'id' | 'registeredMs'>>): Promise<void>
}

/**
 * Registers an instance below `base`. An instance with the same id that an earlier session has left is replaced. Rejects with
 * `ZooKeeperError`, or with the signal's reason.
 */
export async function registerService(
  client: ZooKeeperClient,
  base: string,
  service: Omit<ServiceInstance, 'registeredMs'>,
  { signal, lostOn = 'expiry' }: ServiceRegistrationOptions = {},
): Promise<ServiceRegistration> {
  const instance = { ...service, registeredMs: client.env.clock.wallMs() }
  const parent = childPath(base, service.name)
  const path = childPath(parent, service.id)
  for (;;) {
    const outcome = await untilAnswered(client, signal, () => createOrReplace(client, path, encode(instance)))
    if (outcome === 'done') return new Registration(client, path, lostOn, instance)
    if (outcome === 'no parent') await makePath(client, parent, { signal })
  }
}

async function createOrReplace(
  client: ZooKeeperClient,
  path: string,
  data: Buffer,
): Promise<'done' | 'no parent' | 'again'> {
  const existing = await client.exists(path)
  // Of this session: an earlier attempt whose answer was lost, or somebody here who uses the id twice; the newer wins.
  const outcome = await client.multi([
    ...(existing === undefined ? [] : [{ op: 'delete' as const, path, version: existing.version }]),
    { op: 'create', path, data, mode: 'ephemeral' },
  ])
  if (outcome.committed) return 'done'
  if (outcome.failedWith === 'NODE_EXISTS' || outcome.failedWith === 'BAD_VERSION') return 'again'
  if (outcome.failedWith === 'NO_NODE') return existing === undefined ? 'no parent' : 'again'
  throw new ZooKeeperError(outcome.failedWith, `the service cannot be registered at ${path}: ${outcome.failedWith}`)
}

class Registration extends HeldNode implements ServiceRegistration {
  readonly #client: ZooKeeperClient
  #instance: ServiceInstance

  constructor(client: ZooKeeperClient, path: string, lostOn: LostOn, instance: ServiceInstance) {
    super(client, path, lostOn)
    this.#client = client
    this.#instance = instance
  }

  get instance(): ServiceInstance {
    return this.#instance
  }

  async update(change: Partial<ServiceInstance>): Promise<void> {
    const { name, id, registeredMs } = this.#instance
    this.#instance = { ...this.#instance, ...change, name, id, registeredMs }
    const data = encode(this.#instance)
    await untilAnswered(this.#client, undefined, () => this.#client.setData(this.path, data))
  }
}

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

  /** Instances that come, change and go, from the call on. Ends when `signal` is aborted or the directory is closed; throws SESSION_EXPIRED. */
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
    const instance = decode(place.name, place.id, data)
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

function encode(instance: ServiceInstance): Buffer {
  const { name, id, address, port, sslPort = null, payload = null, registeredMs } = instance
  const fields = { name, id, address, port, sslPort, payload, registrationTimeUTC: registeredMs }
  return Buffer.from(JSON.stringify({ ...fields, serviceType: 'DYNAMIC', uriSpec: null }))
}

/** Undefined for data that is no instance: anybody may have written it. */
function decode(name: string, id: string, data: Buffer | null): ServiceInstance | undefined {
  let value: unknown
  try {
    value = JSON.parse(data?.toString() ?? '')
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { address, port, sslPort, payload, registrationTimeUTC } = value as Readonly<Record<string, unknown>>
  if (typeof address !== 'string' || typeof port !== 'number') return undefined
  return {
    name,
    id,
    address,
    port,
    ...(typeof sslPort === 'number' && { sslPort }),
    ...(payload !== null && payload !== undefined && { payload }),
    registeredMs: typeof registrationTimeUTC === 'number' ? registrationTimeUTC : 0,
  }
}
