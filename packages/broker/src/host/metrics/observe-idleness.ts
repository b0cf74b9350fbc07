import type { Env } from '@odradek/base'
import { metricName } from './metric-name.ts'

/** Looks that follow each other sooner see the same. */
const windowMsMin = 1000
const help =
  'Share of its time, from 0 to 1, in which the one thread that serves the network and handles requests had nothing to do, since the last look.'

/** How busy this broker is, by the names of Kafka's two pools of threads: both are one event loop here, and say the same. */
export function observeIdleness({ clock, metrics }: Env): void {
  let sinceMs = clock.monotonicMs()
  let idleBeforeMs = clock.idleMs()
  let share = 1
  const idleShare = (): number => {
    const nowMs = clock.monotonicMs()
    if (nowMs - sinceMs >= windowMsMin) {
      const idleMs = clock.idleMs()
      share = Math.min(1, Math.max(0, (idleMs - idleBeforeMs) / (nowMs - sinceMs)))
      sinceMs = nowMs
      idleBeforeMs = idleMs
    }
    return share
  }
  metrics.observe(
    metricName('kafka.server', 'KafkaRequestHandlerPool', 'RequestHandlerAvgIdlePercent'),
    help,
    idleShare,
  )
  metrics.observe(metricName('kafka.network', 'SocketServer', 'NetworkProcessorAvgIdlePercent'), help, idleShare)
}
