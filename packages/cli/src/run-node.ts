import type { Env } from '@odradek/base'
import { PlatformNode } from '@odradek/platform'
import type { PlatformNodeOptions } from '@odradek/platform'
import { onInterrupt } from './on-interrupt.ts'

/**
 * Starts a node, says so, and runs it until SIGINT or SIGTERM, which stop it in good order; a second signal ends the process at
 * once. When the node has stopped nothing is left that could keep the process.
 */
export async function runNode(
  env: Env,
  options: Omit<PlatformNodeOptions, 'onFatal'>,
  started: (node: PlatformNode) => void,
): Promise<void> {
  const onFatal = (error: unknown): void => {
    env.log.error('the process ends: it can no longer do its work', { error })
    process.exit(1)
  }
  const node = new PlatformNode(env, { ...options, onFatal })
  const stopRequested = new Promise<void>((resolve) => void onInterrupt(env.clock, resolve))
  await node.start()
  started(node)
  await stopRequested
  await node.stop()
}
