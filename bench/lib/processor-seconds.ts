import { readFileSync } from 'node:fs'
import type { Daemon } from '../../judges/lib/daemon.ts'

/** Linux counts in hundredths of a second. */
const ticksPerSecond = 100

/** Processor time that some processes have used so far, by themselves and by the system for them. */
export function processorSeconds(processes: readonly Daemon[]): number {
  let ticks = 0
  for (const { pid } of processes) {
    // The name, in brackets, may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks / ticksPerSecond
}
