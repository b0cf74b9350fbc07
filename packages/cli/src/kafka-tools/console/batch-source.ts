import type { Env } from '@odradek/base'

/** The batches of a consumer, each waited for so long and no longer. */
export class BatchSource<Batch> {
  readonly #env: Env
  readonly #batches: AsyncIterator<Batch, undefined>
  readonly #interrupted: Promise<'interrupted'>
  #pending: Promise<IteratorResult<Batch, undefined>> | undefined

  constructor(env: Env, batches: AsyncIterator<Batch, undefined>, interrupted: AbortSignal) {
    this.#env = env
    this.#batches = batches
    this.#interrupted = new Promise((resolve) => {
      if (interrupted.aborted) resolve('interrupted')
      interrupted.addEventListener('abort', () => resolve('interrupted'), { once: true })
    })
  }

  /** Asking for the next batch says that the one before is done with. Rejects with what ended the consumer. */
  async next(timeoutMs: number): Promise<Batch | 'timeout' | 'interrupted'> {
    const pending = (this.#pending ??= this.#batches.next())
    let timer: ReturnType<Env['timers']['after']> | undefined
    const late = new Promise<'timeout'>((resolve) => {
      if (timeoutMs < 2 ** 31) timer = this.#env.timers.after(timeoutMs, () => resolve('timeout'))
    })
    try {
      const found = await Promise.race([pending, late, this.#interrupted])
      if (typeof found === 'string') return found
      this.#pending = undefined
      return found.value ?? 'interrupted'
    } finally {
      timer?.cancel()
      pending.catch(() => {})
    }
  }

  /** Gives back the batch in hand, or takes back that one is waited for, so that the consumer need not wait when it closes. */
  async release(): Promise<void> {
    await this.#batches.return?.(undefined)
  }
}
