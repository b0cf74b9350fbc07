import { nodeKindOf } from '../ephemeral-owner.ts'

const none: ReadonlySet<string> = new Set()

/** The paths of the nodes that somebody will have to remove: ephemeral ones by session, containers, and those with a time to live. */
export class OwnedNodes {
  readonly #ephemeralsBySession = new Map<bigint, Set<string>>()
  readonly containers = new Set<string>()
  readonly ttlNodes = new Set<string>()

  add(path: string, owner: bigint): void {
    switch (nodeKindOf(owner)) {
      case 'container':
        this.containers.add(path)
        return
      case 'ttl':
        this.ttlNodes.add(path)
        return
      case 'ephemeral': {
        const paths = this.#ephemeralsBySession.get(owner)
        if (paths === undefined) this.#ephemeralsBySession.set(owner, new Set([path]))
        else paths.add(path)
        return
      }
      case 'persistent':
    }
  }

  delete(path: string, owner: bigint): void {
    if (owner === 0n) return
    this.containers.delete(path)
    this.ttlNodes.delete(path)
    const paths = this.#ephemeralsBySession.get(owner)
    paths?.delete(path)
    if (paths?.size === 0) this.#ephemeralsBySession.delete(owner)
  }

  clear(): void {
    this.#ephemeralsBySession.clear()
    this.containers.clear()
    this.ttlNodes.clear()
  }

  get ephemeralCount(): number {
    let count = 0
    for (const paths of this.#ephemeralsBySession.values()) count += paths.size
    return count
  }

  ephemeralsOf(sessionId: bigint): ReadonlySet<string> {
    return this.#ephemeralsBySession.get(sessionId) ?? none
  }

  *ephemeralsBySession(): Iterable<[sessionId: bigint, paths: ReadonlySet<string>]> {
    yield* this.#ephemeralsBySession
  }
}
