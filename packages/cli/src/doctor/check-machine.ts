import type { Env } from '@odradek/base'
import { ok, warning } from './finding.ts'
import type { Finding } from './finding.ts'

const limitsFile = '/proc/self/limits'
/** Kafka's own recommendation. */
const openFilesWanted = 100_000

/** What a process that is started from here may have (`ulimit -n`); where the system does not say so, nothing. */
export function checkMachine(env: Env): Finding[] {
  if (env.disk.statusSync(limitsFile) === undefined) return []
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(env.disk.readFileSync(limitsFile).toString()) ?? []
  if (soft === undefined) return []
  const text = `a process may have ${soft} open files (ulimit -n)`
  if (soft === 'unlimited' || Number(soft) >= openFilesWanted) return [ok('this machine', text)]
  const why = `${text}: enough for a few thousand partitions and connections, ${openFilesWanted} is what Kafka recommends`
  return [warning('this machine', why)]
}
