// The `odradek` command against Apache Kafka 3.9.1 (ZooKeeper, two brokers) and 4.3.1 (KRaft), and against ours for what it can do.
import { rmSync } from 'node:fs'
import path from 'node:path'
import { startApacheKafka } from '../lib/apache.ts'
import { startKraftTarget } from '../lib/apache-kraft.ts'
import { temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { startTarget } from '../lib/target.ts'
import { judgeApply } from './apply-steps.ts'
import { judgeBench } from './bench-steps.ts'
import type { Cluster } from './command.ts'
import { judgeLogDump } from './log-dump-steps.ts'
import { judgeReassign } from './reassign-steps.ts'
import { judgeSecurity } from './security-steps.ts'
import { judgeShareGroups } from './share-group-steps.ts'
import { judgeAtTerminal } from './terminal-steps.ts'
import { judgeTransactions } from './transaction-steps.ts'

const properties = {
  // Who does not log in is ANONYMOUS, and here may do everything.
  'super.users': 'User:ANONYMOUS',
  'allow.everyone.if.no.acl.found': 'true',
  // So that a transaction can be left hanging.
  'transaction.partition.verification.enable': 'false',
}
const authorizer = 'authorizer.class.name'

export async function judge({ report }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('odradek-command')
  const secondLogDir = path.join(folder, 'second-logs')
  const kraftLogDir = path.join(folder, 'kraft-logs')
  const apacheProperties = { ...properties, [authorizer]: 'kafka.security.authorizer.AclAuthorizer' }
  const [ours, apache, kraft] = await Promise.all([
    startTarget('odradek'),
    startTarget('apache', apacheProperties),
    startKraftTarget({
      ...properties,
      [authorizer]: 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'log.dirs': kraftLogDir,
    }),
  ])
  const [port = 0] = await freePorts(1)
  const second = await startApacheKafka({
    folder: path.join(folder, 'second'),
    port,
    zookeeper: apache.zookeeper,
    logDir: secondLogDir,
    properties: { ...apacheProperties, 'broker.id': '2' },
  })
  const clusters: readonly Cluster[] = [
    { name: 'odradek', bootstrap: ours.bootstrap },
    { name: '3.9.1', bootstrap: apache.bootstrap },
    { name: '4.3.1', bootstrap: kraft.bootstrap },
  ]
  try {
    for (const judgePart of [judgeSecurity, judgeShareGroups, judgeBench]) {
      await Promise.all(clusters.map((cluster) => judgePart(report, cluster)))
    }
    const apaches = clusters.filter(({ name }) => name !== 'odradek')
    await Promise.all(apaches.map((cluster) => judgeTransactions(report, cluster)))
    await Promise.all(clusters.map((cluster) => judgeApply(report, cluster, folder)))
    for (const cluster of clusters.filter(({ name }) => name !== '3.9.1'))
      await judgeAtTerminal(report, cluster, folder)
    const logDirs = { odradek: [ours.logDir], '3.9.1': [apache.logDir, secondLogDir], '4.3.1': [kraftLogDir] }
    await Promise.all(clusters.map((cluster) => judgeLogDump(report, cluster, logDirs[cluster.name])))
    for (const cluster of clusters.filter(({ name }) => name === '3.9.1')) await judgeReassign(report, cluster, folder)
  } finally {
    await second.stop()
    for (const target of [ours, apache, kraft]) {
      await target.stop()
      target.remove()
    }
    rmSync(folder, { recursive: true, force: true })
  }
}
