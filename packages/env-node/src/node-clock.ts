import type { Clock } from '@odradek/base'

/** The clocks of the operating system. */
export class NodeClock implements Clock {
  wallMs(): number {
    return Date.now()
  }

  monotonicMs(): number {
    return performance.now()
  }

  idleMs(): number {
    return performance.eventLoopUtilization().idle
  }
}
