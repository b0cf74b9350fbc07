// Every call of the admin client, each with its result looked at, on two nodes of Apache Kafka 4.3.1 (KRaft); what ZooKeeper mode lacks is refused by 3.9.1.
import assert from 'node:assert/strict'
import { createAdmin } from '@odradek/client/node'
import { BatchError } from '@odradek/client'
import type { Admin } from '@odradek/client'
import type { JudgeContext } from '../lib/judge.ts'
import type { Report } from '../lib/report.ts'
import { startTarget } from '../lib/target.ts'
import { withCalled } from './called.ts'
import { judgeClusterCalls } from './cluster-steps.ts'
import { judgeGroupCalls } from './group-steps.ts'
import { judgeSecurityCalls } from './security-steps.ts'
import { judgeTopicCalls } from './topic-steps.ts'
import { judgeTransactionCalls } from './transaction-steps.ts'
import { startTwoNodes } from './two-nodes.ts'

/** Java's Admin has so many names; close is no call. */
const callCount = 65

export async function judge({ report }: JudgeContext): Promise<void> {
  const called = new Set<string>()
  const nodes = await startTwoNodes()
  const admin = createAdmin({ 'bootstrap.servers': nodes.bootstrap })
  const watched = withCalled(admin, called)
  try {
    await judgeTopicCalls(report, watched, nodes)
    await judgeGroupCalls(report, watched, nodes.bootstrap)
    await judgeTransactionCalls(report, watched, nodes)
    await judgeSecurityCalls(report, watched, nodes, called)
    await judgeClusterCalls(report, watched, nodes)
    await report.check('each of the 65 calls has had its result looked at', () => {
      const names = Object.keys(admin).filter((name) => name !== 'close')
      assert.equal(names.length, callCount)
      assert.deepEqual(
        names.filter((name) => !called.has(name)),
        [],
      )
    })
  } finally {
    admin.close()
    await nodes.end()
  }
  await judgeZooKeeperMode(report)
}

/** What a cluster that lives in ZooKeeper, or is older, does not have. */
const notInZooKeeperMode: Readonly<Record<string, (admin: Admin) => Promise<unknown>>> = {
  describeMetadataQuorum: (admin) => admin.describeMetadataQuorum(),
  unregisterBroker: (admin) => admin.unregisterBroker(9),
  addRaftVoter: (admin) => admin.addRaftVoter({ voterId: 9, voterDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAQ' }, []),
  removeRaftVoter: (admin) => admin.removeRaftVoter({ voterId: 9, voterDirectoryId: 'AAAAAAAAAAAAAAAAAAAAAQ' }),
  describeShareGroups: (admin) => admin.describeShareGroups(['a']),
  listShareGroupOffsets: (admin) => admin.listShareGroupOffsets(['a']),
  describeStreamsGroups: (admin) => admin.describeStreamsGroups(['a']),
}

async function judgeZooKeeperMode(report: Report): Promise<void> {
  const target = await startTarget('apache')
  const admin = createAdmin({ 'bootstrap.servers': target.bootstrap })
  try {
    for (const [name, call] of Object.entries(notInZooKeeperMode)) {
      await report.check(`3.9.1: ${name} is refused at once, as what this cluster does not have`, () =>
        assert.rejects(call(admin), (error: Error & { code?: string }) => {
          const errors = error instanceof BatchError ? [...error.errors.values()] : [error as { code?: string }]
          return errors.length === 1 && errors[0]?.code === 'UNSUPPORTED_VERSION'
        }),
      )
    }
  } finally {
    admin.close()
    await target.stop()
    target.remove()
  }
}
