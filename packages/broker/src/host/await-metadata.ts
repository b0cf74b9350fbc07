import type { Timers } from '@odradek/base'
import type { MetadataCache } from './metadata-cache.ts'

/**
 * Waits until the metadata that the controller sends say `isDone`, or the time is over. Resolves to whether they did.
 * `isDone` is asked at once and after each update.
 */
export function awaitMetadata(
  timers: Pick<Timers, 'after'>,
  metadataCache: MetadataCache,
  isDone: () => boolean,
  timeoutMs: number,
): Promise<boolean> {
  if (isDone()) return Promise.resolve(true)
  if (timeoutMs <= 0) return Promise.resolve(false)
  return new Promise((resolve) => {
    const finish = (outcome: boolean): void => {
      timer.cancel()
      stopListening()
      resolve(outcome)
    }
    const timer = timers.after(timeoutMs, () => finish(false))
    const stopListening = metadataCache.onUpdate(() => {
      if (isDone()) finish(true)
    })
  })
}
