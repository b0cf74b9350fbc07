/** How many work at the same time, and until when. */
export interface WorkersOptions {
  readonly concurrency?: number
  readonly signal?: AbortSignal | undefined
}

/**
 * So many workers, each of which handles what `next` brings, one after the other, until that ends. Rejects with the first error of any of them: the others get nothing more,
 * but finish what they had begun before.
 */
export async function runWorkers<Item>(
  { concurrency = 1, signal: given }: WorkersOptions,
  next: (signal: AbortSignal) => Promise<Item | undefined>,
  handle: (item: Item) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const signal = given === undefined ? stop.signal : AbortSignal.any([stop.signal, given])
  const work = async (): Promise<void> => {
    try {
      for (let item = await next(signal); item !== undefined; item = await next(signal)) await handle(item)
    } catch (error) {
      stop.abort()
      throw error
    }
  }
  const results = await Promise.allSettled(Array.from({ length: Math.max(1, concurrency) }, work))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
