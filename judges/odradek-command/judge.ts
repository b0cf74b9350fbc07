// The `odradek` command as a process, against Apache Kafka 3.9.1 (ZooKeeper) and 4.3.1 (KRaft), and against ours for what it can do.
import { startKraftTarget } from '../lib/apache-kraft.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { startTarget } from '../lib/target.ts'
import type { Cluster } from './command.ts'
import { judgeSecurity } from './security-steps.ts'

/** Who does not log in is ANONYMOUS, and here may do everything. */
const authorized = { 'super.users': 'User:ANONYMOUS', 'allow.everyone.if.no.acl.found': 'true' }

export async function judge({ report }: JudgeContext): Promise<void> {
  const [ours, apache, kraft] = await Promise.all([
    startTarget('odradek'),
    startTarget('apache', { ...authorized, 'authorizer.class.name': 'kafka.security.authorizer.AclAuthorizer' }),
    startKraftTarget({
      ...authorized,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    }),
  ])
  const clusters: readonly Cluster[] = [
    { name: 'odradek', bootstrap: ours.bootstrap },
    { name: '3.9.1', bootstrap: apache.bootstrap },
    { name: '4.3.1', bootstrap: kraft.bootstrap },
  ]
  try {
    await Promise.all(clusters.map((cluster) => judgeSecurity(report, cluster)))
  } finally {
    for (const target of [ours, apache, kraft]) {
      await target.stop()
      target.remove()
    }
  }
}
