import type { PersistentWatchKind } from '../core/watch-registry.ts'

/**
 * Counts who wants a persistent watch on a path, from the call on and not from the answer: the server has one watch for all of
 * them, and only the last may take it off there.
 */
export class PersistentWatches {
  readonly #counts = new Map<string, number>()

  wanted(kind: PersistentWatchKind, path: string): void {
    const key = `${kind} ${path}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  /** Returns whether nobody wants it any more. */
  unwanted(kind: PersistentWatchKind, path: string): boolean {
    const key = `${kind} ${path}`
    const left = (this.#counts.get(key) ?? 1) - 1
    if (left > 0) this.#counts.set(key, left)
    else this.#counts.delete(key)
    return left === 0
  }
}
