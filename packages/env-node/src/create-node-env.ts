import { MetricsRegistry } from '@odradek/base'
import type { Env } from '@odradek/base'
import { tuneGarbageCollector } from './tune-garbage-collector.ts'
import { NodeDisk } from './disk/node-disk.ts'
import { NodeLogger } from './log/node-logger.ts'
import type { NodeLoggerOptions } from './log/node-logger.ts'
import { NodeNetwork } from './network/node-network.ts'
import type { ConnectSocket } from './network/node-network.ts'
import { NodeClock } from './node-clock.ts'
import { NodeRandom } from './node-random.ts'
import { NodeTimers } from './node-timers.ts'

export interface NodeEnvOptions {
  /** Where log lines go and which of them; by default `info` and above, to standard error. */
  readonly log?: NodeLoggerOptions
  /** Leaves the garbage collector as it is: a library does not tune the program that it is part of. */
  readonly isLibrary?: boolean
  /** Makes the sockets of connections that are opened from here, in place of node:net; TLS is then its concern. */
  readonly connectSocket?: ConnectSocket
}

/** The real machine as an `Env`. Called where a program starts, and by tests that want the real thing. */
export function createNodeEnv(options: NodeEnvOptions = {}): Env {
  if (options.isLibrary !== true) tuneGarbageCollector()
  return {
    clock: new NodeClock(),
    timers: new NodeTimers(),
    random: new NodeRandom(),
    network: new NodeNetwork(options.connectSocket),
    disk: new NodeDisk(),
    log: NodeLogger.create(options.log ?? {}),
    metrics: new MetricsRegistry(),
  }
}
