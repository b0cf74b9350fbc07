import { DiskError } from '@odradek/base'
import * as fs from 'node:fs'

/**
 * A lock that dies with its process. Node has no flock, so the lock file names its holder: process id, the time at which
 * that process started, and the boot of the machine. A holder that is not alive any more, or a file that names none
 * (Apache Kafka leaves an empty `.lock` behind), is replaced.
 *
 * The file is linked into place, so of two processes that start together one wins; taking a dead holder's file away is
 * a rename, after which it is checked that the one that was judged dead was taken and no newer one.
 *
 * It does not see a holder on another machine or in another process namespace, nor Apache's own lock.
 */
export function takeLock(path: string): { release(): void } {
  const own = holderOf(process.pid)
  const temporary = `${path}.${process.pid}`
  fs.writeFileSync(temporary, own)
  try {
    while (!linkedAs(temporary, path)) {
      const held = readIfThere(path)
      if (held === undefined) continue
      if (isAlive(held)) throw lockedError(path, held)
      removeStale(path, held)
    }
  } finally {
    fs.rmSync(temporary, { force: true })
  }
  let isHeld = true
  return {
    release: () => {
      if (isHeld && readIfThere(path) === own) fs.rmSync(path, { force: true })
      isHeld = false
    },
  }
}

function lockedError(path: string, held: string): DiskError {
  const holder = Number.parseInt(held, 10)
  const who = holder === process.pid ? 'this process' : `process ${holder}`
  return new DiskError('LOCKED', `cannot lock ${path}: ${who} holds it; stop it, or use another directory`)
}

function linkedAs(existing: string, path: string): boolean {
  try {
    fs.linkSync(existing, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'latin1')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function removeStale(path: string, stale: string): void {
  const aside = `${path}.${process.pid}.stale`
  try {
    fs.renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  // Somebody was faster and this is their lock: put it back.
  if (readIfThere(aside) !== stale) linkedAs(aside, path)
  fs.rmSync(aside, { force: true })
}

/** `PID START-TICKS BOOT-ID`; without /proc only the first. */
function holderOf(processId: number): string {
  return `${processId} ${startTicks(processId)} ${readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}\n`
}

/** The fields of /proc/PID/stat from the 3rd on, counted after the name, which may hold anything. */
function processFields(processId: number): readonly string[] {
  const status = readIfThere(`/proc/${processId}/stat`) ?? ''
  return status.slice(status.lastIndexOf(')') + 2).split(' ')
}

/** When the process started, in ticks since boot: the 22nd field. */
function startTicks(processId: number): string {
  return processFields(processId)[19] ?? ''
}

/** A process that was killed and that its parent has not looked after yet (in a container, perhaps for long): it holds nothing. */
function isZombie(processId: number): boolean {
  const [state = ''] = processFields(processId)
  return state === 'Z' || state === 'X'
}

function isAlive(held: string): boolean {
  const processId = Number.parseInt(held, 10)
  if (!(processId > 0)) return false
  try {
    process.kill(processId, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return holderOf(processId) === held && !isZombie(processId)
}
