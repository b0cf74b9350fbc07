// Services that register themselves as ephemeral nodes, BASE/NAME/ID.
import { ZooKeeperError } from '@odradek/zookeeper-protocol'
import { endsClient } from '../client-state.ts'
import type { ZooKeeperClient } from '../zookeeper-client.ts'
import { encodeInstance } from './service-instance.ts'
import type { ServiceInstance } from './service-instance.ts'
import { HeldNode } from './support/held-node.ts'
import type { Held, LostOn } from './support/held-node.ts'
import { childPath, makePath, parentPath } from './support/paths.ts'
import { hasCode, inEachSession, untilAnswered } from './support/retry.ts'

export interface ServiceRegistrationOptions {
  readonly signal?: AbortSignal
  /** Default: `expiry`: an instance serves on while its session may live, and is registered again in the next if the client renews it. */
  readonly lostOn?: LostOn
}

/** An instance that others can find, until it is released, or the session ends and its client does not renew it. */
export interface ServiceRegistration extends Held {
  readonly instance: ServiceInstance
  /** Tells others a new address, port or payload. */
  update(change: Partial<Omit<ServiceInstance, 'name' | 'id' | 'registeredMs'>>): Promise<void>
}

/**
 * Registers an instance below `base`. An instance with the same id that an earlier session has left is replaced. Rejects with
 * `ZooKeeperError`, or with the signal's reason.
 *
 * With a client that renews its session, and `lostOn: 'expiry'`, the instance is registered again in each new session; then `lost` is aborted only
 * when somebody else has taken its place (NODE_EXISTS, NO_NODE), when the server refuses it, or when the client is at its end.
 */
export async function registerService(
  client: ZooKeeperClient,
  base: string,
  service: Omit<ServiceInstance, 'registeredMs'>,
  { signal, lostOn = 'expiry' }: ServiceRegistrationOptions = {},
): Promise<ServiceRegistration> {
  const instance = { ...service, registeredMs: client.env.clock.wallMs() }
  const place = new Place(client, childPath(childPath(base, service.name), service.id))
  await place.take(encodeInstance(instance), signal, 'anybody')
  return new Registration(client, place, lostOn, instance)
}

/** The node of an instance, and the sessions in which it was this client's. */
class Place {
  readonly path: string
  readonly #client: ZooKeeperClient
  readonly #owners = new Set<bigint>()

  constructor(client: ZooKeeperClient, path: string) {
    this.#client = client
    this.path = path
  }

  /** Makes the node, in this session or a later one. Rejects with NODE_EXISTS when it is somebody else's and only the own may be replaced. */
  take(data: Buffer, signal: AbortSignal | undefined, replaces: 'anybody' | 'own'): Promise<void> {
    return inEachSession(this.#client, signal, async () => {
      for (;;) {
        const outcome = await untilAnswered(this.#client, signal, () => this.#createOrReplace(data, replaces))
        if (outcome === 'done') return
        if (outcome === 'no parent') await makePath(this.#client, parentPath(this.path), { signal })
      }
    })
  }

  /** Deletes the node if it is this session's. */
  leave(): Promise<void> {
    return untilAnswered(this.#client, undefined, async () => {
      const existing = await this.#client.exists(this.path)
      if (existing?.ephemeralOwner === this.#client.sessionId) await this.#client.delete(this.path)
    })
  }

  async #createOrReplace(data: Buffer, replaces: 'anybody' | 'own'): Promise<'done' | 'no parent' | 'again'> {
    const { path } = this
    const existing = await this.#client.exists(path)
    if (existing !== undefined && replaces === 'own' && !this.#owners.has(existing.ephemeralOwner)) {
      throw new ZooKeeperError(
        'NODE_EXISTS',
        `${path} was registered by somebody else while this client had no session`,
      )
    }
    this.#owners.add(this.#client.sessionId)
    // Of this session: an earlier attempt whose answer was lost, or somebody here who uses the id twice; the newer wins.
    const outcome = await this.#client.multi([
      ...(existing === undefined ? [] : [{ op: 'delete' as const, path, version: existing.version }]),
      { op: 'create', path, data, mode: 'ephemeral' },
    ])
    if (outcome.committed) return 'done'
    if (outcome.failedWith === 'NODE_EXISTS' || outcome.failedWith === 'BAD_VERSION') return 'again'
    if (outcome.failedWith === 'NO_NODE') return existing === undefined ? 'no parent' : 'again'
    throw new ZooKeeperError(outcome.failedWith, `the service cannot be registered at ${path}: ${outcome.failedWith}`)
  }
}

class Registration implements ServiceRegistration {
  readonly #client: ZooKeeperClient
  readonly #place: Place
  readonly #lostOn: LostOn | 'sessionEnd'
  readonly #lost = new AbortController()
  readonly #stop = new AbortController()
  #instance: ServiceInstance
  /** Of this session. */
  #node: HeldNode
  /** Settles when the instance is in its place, after the end of a session. */
  #inPlace: Promise<void> = Promise.resolve()
  #released: Promise<void> | undefined

  constructor(client: ZooKeeperClient, place: Place, lostOn: LostOn, instance: ServiceInstance) {
    this.#client = client
    this.#place = place
    this.#lostOn = client.renewsSession && lostOn === 'expiry' ? 'sessionEnd' : lostOn
    this.#instance = instance
    this.#node = this.#hold()
  }

  get path(): string {
    return this.#place.path
  }

  get instance(): ServiceInstance {
    return this.#instance
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  async update(change: Partial<ServiceInstance>): Promise<void> {
    const { name, id, registeredMs } = this.#instance
    this.#instance = { ...this.#instance, ...change, name, id, registeredMs }
    await inEachSession(this.#client, undefined, async () => {
      await this.#inPlace
      const data = encodeInstance(this.#instance)
      await untilAnswered(this.#client, undefined, () => this.#client.setData(this.path, data))
    })
  }

  release(): Promise<void> {
    return (this.#released ??= this.#release())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release()
  }

  async #release(): Promise<void> {
    this.#stop.abort()
    await this.#inPlace.catch(() => undefined)
    await this.#node.release()
  }

  #hold(): HeldNode {
    const node = new HeldNode(this.#client, this.path, this.#lostOn, () => this.#place.leave())
    const lost = (): void => this.#nodeLost(node.lost.reason as Error)
    if (node.lost.aborted) lost()
    else node.lost.addEventListener('abort', lost, { once: true })
    return node
  }

  #nodeLost(reason: Error): void {
    const isRenewed = this.#lostOn === 'sessionEnd' && !endsClient(this.#client.state, true)
    if (!isRenewed || !hasCode(reason, 'SESSION_EXPIRED')) return this.#lost.abort(reason)
    this.#inPlace = this.#takeAgain()
    this.#inPlace.catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#lost.abort(error)
    })
  }

  async #takeAgain(): Promise<void> {
    await this.#place.take(encodeInstance(this.#instance), this.#stop.signal, 'own')
    if (!this.#stop.signal.aborted) this.#node = this.#hold()
  }
}
