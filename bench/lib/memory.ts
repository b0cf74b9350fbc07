import { readFileSync } from 'node:fs'
import type { Daemon } from '../../judges/lib/daemon.ts'

/** Memory of some processes together, in MiB: what they hold now, and the most that each has held. */
export function memoryMiB(processes: readonly Daemon[]): { now: number; peak: number } {
  let now = 0
  let peak = 0
  for (const { pid } of processes) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    now += kibibytes(status, 'VmRSS') / 1024
    peak += kibibytes(status, 'VmHWM') / 1024
  }
  return { now, peak }
}

function kibibytes(status: string, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)
  return Number(match?.[1] ?? 0)
}
