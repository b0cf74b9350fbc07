import { DiskError } from '@odradek/base'
import type { Disk } from '@odradek/base'

/** How many files and sockets this process has open, and how many it may have; -1 where the system does not tell (it is Linux that does). */
export function fileDescriptors(disk: Disk): { open: number; max: number } {
  try {
    const limits = disk.readFileSync('/proc/self/limits').toString()
    const max = /^Max open files +(\d+)/m.exec(limits)?.[1]
    return { open: disk.listSync('/proc/self/fd').length, max: max === undefined ? -1 : Number(max) }
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
    return { open: -1, max: -1 }
  }
}
