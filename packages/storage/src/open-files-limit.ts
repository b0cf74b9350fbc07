import type { Disk } from '@odradek/base'

const limitsFile = '/proc/self/limits'

/** How many files this process may have open (`ulimit -n`), Infinity for no limit; undefined where the system does not say so. Throws `DiskError`. */
export function openFilesLimit(disk: Disk): number | undefined {
  if (disk.statusSync(limitsFile) === undefined) return undefined
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(disk.readFileSync(limitsFile).toString()) ?? []
  if (soft === undefined) return undefined
  return soft === 'unlimited' ? Infinity : Number(soft)
}
