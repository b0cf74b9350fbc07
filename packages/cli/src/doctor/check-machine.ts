import type { Env } from '@odradek/base'
import { openFilesLimit } from '@odradek/storage'
import { ok, warning } from './finding.ts'
import type { Finding } from './finding.ts'

/** Kafka's own recommendation. */
const openFilesWanted = 100_000

/** What a process that is started from here may have (`ulimit -n`); where the system does not say so, nothing. */
export function checkMachine(env: Env): Finding[] {
  const limit = openFilesLimit(env.disk)
  if (limit === undefined) return []
  const text = `a process may have ${limit === Infinity ? 'unlimited' : limit} open files (ulimit -n)`
  if (limit >= openFilesWanted) return [ok('this machine', text)]
  const why = `${text}: enough for a few thousand partitions and connections, ${openFilesWanted} is what Kafka recommends`
  return [warning('this machine', why)]
}
