import type { Env } from '@odradek/base'
import { DiskError, OdradekError } from '@odradek/base'
import { inspectLogDirectory } from '@odradek/storage'
import { messageOf, ok, problem, warning } from './finding.ts'
import type { Finding } from './finding.ts'

const syncCount = 10
/** A disk that syncs slower than this holds producers with acks=all, or a ZooKeeper, up. */
const slowSyncMs = 50
/** Less free space than this share of the file system is worth a word; less than half a GiB is a problem. */
const freeShareLow = 0.1
const freeBytesLow = 512 * 1024 * 1024

export interface DataDirectoryOptions {
  /** Reads every batch and checks its CRC. */
  readonly scan: boolean
  /** What the configuration says the broker is; undefined to leave it out. */
  readonly brokerId?: number | undefined
}

/** A log directory: whether it can be written, how much space is left, how fast the disk syncs, and what is in it. */
export async function checkDataDirectory(
  env: Env,
  path: string,
  { scan, brokerId }: DataDirectoryOptions,
): Promise<Finding[]> {
  const status = env.disk.statusSync(path)
  if (status === undefined) return [warning(path, 'there is no such directory yet; a broker makes it at its start')]
  if (status.kind !== 'directory') return [problem(path, 'it is no directory: correct log.dirs')]
  try {
    const isOpen = isLocked(env, path)
    const findings = [...checkSpace(env, path), checkSync(env, path)]
    if (isOpen) findings.push(ok(path, 'a broker has it open; what it is writing may look unfinished'))
    const { problems, oddities, logs, hadCleanShutdown, ...identity } = await inspectLogDirectory(env, path, { scan })
    findings.push(...problems.map((text) => problem(path, text)), ...oddities.map((text) => warning(path, text)))
    if (brokerId !== undefined && brokerId >= 0 && identity.brokerId !== undefined && identity.brokerId !== brokerId) {
      findings.push(
        problem(
          path,
          `it belongs to broker ${identity.brokerId}, but broker.id is ${brokerId}: one of the two is wrong`,
        ),
      )
    }
    if (!hadCleanShutdown && !isOpen && logs.length > 0) {
      findings.push(warning(path, 'it was not closed in good order; the next start recovers it'))
    }
    const sizeBytes = logs.reduce((sum, log) => sum + log.sizeBytes, 0)
    const batches = logs.reduce((sum, log) => sum + log.scannedBatches, 0)
    const scanned = scan ? `, ${batches} batches read` : ''
    const segments = logs.reduce((sum, log) => sum + log.segments, 0)
    findings.push(ok(path, `${logs.length} logs in ${segments} segments, ${bytesText(sizeBytes)}${scanned}`))
    return findings
  } catch (error) {
    if (!(error instanceof OdradekError)) throw error
    return [problem(path, messageOf(error))]
  }
}

function isLocked(env: Env, path: string): boolean {
  const lockPath = `${path}/.lock`
  if (env.disk.statusSync(lockPath) === undefined) return false
  try {
    env.disk.lockSync(lockPath).release()
    return false
  } catch (error) {
    if (error instanceof DiskError && error.code === 'LOCKED') return true
    throw error
  }
}

function checkSpace(env: Env, path: string): Finding[] {
  const freeBytes = env.disk.freeBytesSync(path)
  const share = freeBytes / env.disk.totalBytesSync(path)
  const text = `${bytesText(freeBytes)} free, ${Math.round(share * 100)} % of the file system`
  if (freeBytes < freeBytesLow) return [problem(path, `${text}: a broker whose disk is full stops`)]
  return [share < freeShareLow ? warning(path, text) : ok(path, text)]
}

/** Writes and syncs a small file a few times. */
function checkSync(env: Env, path: string): Finding {
  const probe = `${path}/.odradek-doctor`
  const durations: number[] = []
  const file = env.disk.openSync(probe, 'truncate')
  try {
    for (let count = 0; count < syncCount; count++) {
      const startMs = env.clock.monotonicMs()
      file.writeSync([Buffer.alloc(4096, count)], count * 4096)
      file.syncSync()
      durations.push(env.clock.monotonicMs() - startMs)
    }
  } finally {
    file.closeSync()
    env.disk.removeFileSync(probe)
  }
  durations.sort((left, right) => left - right)
  const median = durations[Math.floor(syncCount / 2)] ?? 0
  const text = `writing 4 KiB and syncing takes ${median.toFixed(1)} ms, ${(durations.at(-1) ?? 0).toFixed(1)} ms at most`
  return median > slowSyncMs ? warning(path, `${text}: that is slow`) : ok(path, text)
}

function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
