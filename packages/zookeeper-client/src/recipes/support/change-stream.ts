/** Tells changes to any number of listeners and of loops over them. */
export class ChangeStream<T> {
  readonly #listeners = new Set<Listener<T>>()
  #end: { readonly error: Error | undefined } | undefined

  /** Calls `change` with each, and `end` when there are no more. Returns what takes both off again. */
  listen(change: (change: T) => void, end: (error: Error | undefined) => void = () => {}): () => void {
    const listener: Listener<T> = { change, end }
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  push(change: T): void {
    for (const listener of this.#listeners) listener.change(change)
  }

  /** No more changes: loops end, or throw `error` behind the changes that they have not seen yet. */
  end(error?: Error): void {
    if (this.#end !== undefined) return
    this.#end = { error }
    for (const listener of this.#listeners) listener.end(error)
    this.#listeners.clear()
  }

  /** The changes from the call on. What a loop has not taken yet is kept for it. Ends when `signal` is aborted. */
  changes(signal?: AbortSignal): AsyncIterableIterator<T> {
    const waiting: T[] = []
    let wake = (): void => {}
    const listener: Listener<T> = {
      change: (change) => {
        waiting.push(change)
        wake()
      },
      end: () => wake(),
    }
    this.#listeners.add(listener)
    const abort = (): void => wake()
    signal?.addEventListener('abort', abort)
    const finish = (): IteratorReturnResult<undefined> => {
      this.#listeners.delete(listener)
      signal?.removeEventListener('abort', abort)
      return { done: true, value: undefined }
    }
    const next = async (): Promise<IteratorResult<T, undefined>> => {
      for (;;) {
        if (signal?.aborted) return finish()
        if (waiting.length > 0) return { done: false, value: waiting.shift() as T }
        if (this.#end !== undefined) {
          finish()
          if (this.#end.error !== undefined) throw this.#end.error
          return finish()
        }
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        await promise
      }
    }
    const iterator: AsyncIterableIterator<T> = {
      next,
      return: () => Promise.resolve(finish()),
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }
}

interface Listener<T> {
  readonly change: (change: T) => void
  readonly end: (error: Error | undefined) => void
}
