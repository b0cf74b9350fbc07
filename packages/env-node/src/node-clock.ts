import type { Clock } from '@odradek/base'
import { monotonicMs } from './monotonic-ms.ts'

/** The clocks of the operating system. */
export class NodeClock implements Clock {
  wallMs(): number {
    return Date.now()
  }

  monotonicMs(): number {
    return monotonicMs()
  }

  idleMs(): number {
    // Bun has no such measure.
    return 'eventLoopUtilization' in performance ? performance.eventLoopUtilization().idle : 0
  }
}
