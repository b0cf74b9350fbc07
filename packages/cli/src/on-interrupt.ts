import type { Clock } from '@odradek/base'

/** What npm and the bootstrap pass on arrives within this. */
const samePressMs = 300

/**
 * Calls `interrupt` at SIGINT or SIGTERM; a second one is to `end` the process at once. One press of Ctrl-C comes to a process from the terminal, and again from
 * every process above it that passes signals on (npm, the bootstrap): what follows soon is the same press. Returns what stops listening.
 */
export function onInterrupt(
  clock: Pick<Clock, 'monotonicMs'>,
  interrupt: () => void,
  end = (): void => process.exit(130),
  signals: Pick<NodeJS.EventEmitter, 'on' | 'off'> = process,
): () => void {
  let firstMs: number | undefined
  const listen = (): void => {
    const nowMs = clock.monotonicMs()
    if (firstMs === undefined) {
      firstMs = nowMs
      interrupt()
    } else if (nowMs - firstMs > samePressMs) end()
  }
  signals.on('SIGINT', listen)
  signals.on('SIGTERM', listen)
  return () => {
    signals.off('SIGINT', listen)
    signals.off('SIGTERM', listen)
  }
}
