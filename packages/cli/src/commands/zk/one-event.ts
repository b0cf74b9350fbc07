import type { Watch, WatchEvent } from '@odradek/zookeeper-client'
import { printable } from './format/printable.ts'
import type { ShellContext } from './shell-command.ts'

/**
 * The watch of `-w`: `watch` is undefined when it is not wanted. At a prompt the event is told when it comes; otherwise `wait` waits for it, or
 * for Ctrl-C.
 */
export function oneEvent(context: ShellContext, isWanted: boolean): { watch?: Watch; wait(): Promise<void> } {
  if (!isWanted) return { wait: () => Promise.resolve() }
  const { promise, resolve } = Promise.withResolvers<void>()
  const watch: Watch = (event) => {
    tellEvent(context, event)
    resolve()
  }
  context.signal.addEventListener('abort', () => resolve())
  return { watch, wait: () => (context.isInteractive ? Promise.resolve() : promise) }
}

/** An event as a line. */
export function tellEvent({ format, output }: ShellContext, { type, path }: WatchEvent): void {
  output.line(format === 'json' ? JSON.stringify({ event: type, path }) : `${type} ${printable(path)}`)
}
