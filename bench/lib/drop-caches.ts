import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

/** Has the system forget what it holds of files, so that the next read comes from the disk. False where this user may not. */
export function dropCaches(): boolean {
  try {
    execFileSync('sync')
    writeFileSync('/proc/sys/vm/drop_caches', '3')
    return true
  } catch {
    return false
  }
}
