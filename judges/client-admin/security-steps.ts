import assert from 'node:assert/strict'
import type { Admin } from '@odradek/client'
import { createAdmin } from '@odradek/client/node'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { withCalled } from './called.ts'
import { password } from './two-nodes.ts'
import type { TwoNodes } from './two-nodes.ts'

const settleMs = 30_000

/** Rules, quotas, users, delegation tokens. */
export async function judgeSecurityCalls(
  report: Report,
  admin: Admin,
  nodes: TwoNodes,
  called: Set<string>,
): Promise<void> {
  await report.check('createAcls, describeAcls, deleteAcls', async () => {
    const rule = {
      resourceType: 'TOPIC',
      resourceName: 'orders',
      patternType: 'LITERAL',
      principal: 'User:ada',
      host: '*',
      operation: 'READ',
      permissionType: 'ALLOW',
    } as const
    await admin.createAcls([rule])
    await pollUntil('the rule is there', settleMs, async () => {
      assert.deepEqual(await admin.describeAcls({ principal: 'User:ada' }), [rule])
      return true
    })
    assert.deepEqual(await admin.deleteAcls([{ principal: 'User:ada' }]), [rule])
  })
  await report.check('alterClientQuotas, describeClientQuotas', async () => {
    const entity = { user: 'ada' }
    await admin.alterClientQuotas([{ entity, quotas: { producer_byte_rate: 1024 } }])
    await pollUntil('the quota is there', settleMs, async () => {
      const found = await admin.describeClientQuotas([{ entityType: 'user', match: { name: 'ada' } }])
      assert.deepEqual(found, [{ entity, quotas: { producer_byte_rate: 1024 } }])
      return true
    })
  })
  await report.check('alterUserScramCredentials, describeUserScramCredentials', async () => {
    await admin.alterUserScramCredentials({ upsertions: [{ user: 'ada', mechanism: 'SCRAM-SHA-512', password: 'x' }] })
    await pollUntil('the user is there', settleMs, async () => {
      const found = (await admin.describeUserScramCredentials(['ada'])).get('ada')
      assert.deepEqual(found, [{ mechanism: 'SCRAM-SHA-512', iterations: 4096 }])
      return true
    })
  })
  await report.check('delegation tokens (KIP-48): made, found, used to log in, renewed, ended', async () => {
    const login = { 'bootstrap.servers': nodes.sasl, 'security.protocol': 'SASL_PLAINTEXT' } as const
    const plain = { ...login, 'sasl.mechanism': 'PLAIN', 'sasl.username': 'alice', 'sasl.password': password } as const
    const alice = createAdmin(plain)
    const asAlice = withCalled(alice, called)
    try {
      const token = await asAlice.createDelegationToken({ renewers: ['User:bob'] })
      assert.deepEqual([token.owner, token.renewers], ['User:alice', ['User:bob']])
      await pollUntil('the token is known', settleMs, async () => {
        const found = await asAlice.describeDelegationToken(['User:alice'])
        return found.some(({ tokenId }) => tokenId === token.tokenId) || undefined
      })
      const hmac = Buffer.from(token.hmac)
      const byToken = createAdmin({
        ...login,
        'sasl.mechanism': 'SCRAM-SHA-256',
        'sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required username="${token.tokenId}" password="${hmac.toString('base64')}" tokenauth="true";`,
      })
      try {
        const { brokers } = await byToken.describeCluster()
        assert.equal(brokers.length, 1)
        // A token makes no tokens.
        await assert.rejects(byToken.createDelegationToken(), { code: 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED' })
      } finally {
        byToken.close()
      }
      const renewedTo = await asAlice.renewDelegationToken(token.hmac, { renewPeriodMs: 3_600_000 })
      assert.ok(renewedTo > token.issueTimestampMs && renewedTo <= token.maxTimestampMs)
      await asAlice.expireDelegationToken(token.hmac)
      await pollUntil('the token is gone', settleMs, async () => {
        const found = await asAlice.describeDelegationToken(['User:alice'])
        return found.every(({ tokenId }) => tokenId !== token.tokenId) || undefined
      })
    } finally {
      alice.close()
    }
  })
}
