import type { Clock } from './clock.ts'
import type { Disk } from './disk.ts'
import type { Logger } from './logger.ts'
import type { MetricsRegistry } from '../metrics/metrics-registry.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import type { Timers } from './timers.ts'

/**
 * Every effect that a component may have on the world, as ports that are passed in at construction.
 *
 * `env-node` is the real one; `env-sim` is a simulation in which a whole cluster runs from one seed.
 * Code outside these two packages, and outside the files in which a program starts, must not reach for
 * `Date.now`, `Math.random`, `setTimeout`, `node:net`, `node:fs` and their like: a test holds it to that.
 */
export interface Env {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly network: Network
  readonly disk: Disk
  readonly log: Logger
  readonly metrics: MetricsRegistry
}
