import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { odradek, output } from './command.ts'
import type { Cluster } from './command.ts'

const settleMs = 15_000

const everywhere = `
topics:
  applied: { partitions: 3, replicas: 1, configs: { retention.ms: 60000 } }
configs:
  brokers: { log.retention.ms: 7200000 }
quotas:
  - { user: grace, producer_byte_rate: 1Mi }
`
const secured = `
users:
  grace: { mechanism: SCRAM-SHA-256, password: compiler }
acls:
  - { allow: User:grace, operation: [read, write], topic: applied }
`
const gone = `
topics: { applied: { absent: true } }
configs: { brokers: { log.retention.ms: null } }
quotas: [{ user: grace }]
`
const securedGone = `
users: { grace: { absent: true } }
acls: [{ allow: User:grace, operation: [read, write], topic: applied, absent: true }]
`

/** apply: a diff, what it says, and then nothing more to do. */
export async function judgeApply(report: Report, cluster: Cluster, folder: string): Promise<void> {
  const file = path.join(folder, `apply-${cluster.name}.yaml`)
  const isSecured = cluster.name !== 'odradek'
  const apply = ['apply', '-f', file]
  const nothingLeft = (): Promise<boolean> =>
    pollUntil('all is as the file says', settleMs, async () => {
      const { stdout, stderr } = await odradek(cluster, apply)
      if (stdout !== '' || !stderr.startsWith('All is as the file says')) throw new Error(stdout + stderr)
      return true
    })
  await report.check(`${cluster.name}: apply makes a cluster what a file says, and takes it back`, async () => {
    writeFileSync(file, everywhere + (isSecured ? secured : ''))
    const dry = await output(cluster, [...apply, '--dry-run'])
    const marks = dry.split('\n').filter((line) => /^[+~-]/.test(line))
    assert.equal(marks.length, isSecured ? 6 : 3, dry)
    assert.equal(await output(cluster, [...apply, '--yes']), dry)
    await nothingLeft()
    writeFileSync(file, gone + (isSecured ? securedGone : ''))
    await output(cluster, [...apply, '--yes'])
    await nothingLeft()
  })
}
