import assert from 'node:assert/strict'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { odradek, output, rows } from './command.ts'
import type { Cluster } from './command.ts'

/** What a broker learns from its controller, or from ZooKeeper, it knows a moment later. */
const settleMs = 10_000

/** quota, acl, user. */
export async function judgeSecurity(report: Report, cluster: Cluster): Promise<void> {
  const eventually = (what: string, args: readonly string[], count: number): Promise<unknown> =>
    pollUntil(what, settleMs, async () => {
      const found = await rows(cluster, args)
      if (found.length !== count) throw new Error(JSON.stringify(found))
      return true
    })
  await report.check(`${cluster.name}: quota set, list, delete`, async () => {
    await output(cluster, ['quota', 'set', '--user', 'ada', '--default', 'client-id', 'producer_byte_rate=1Mi'])
    await eventually('the quota is there', ['quota', 'list', '--user', 'ada'], 1)
    assert.deepEqual(await rows(cluster, ['quota', 'list']), [
      { user: 'ada', clientId: '(default)', ip: null, quota: 'producer_byte_rate', value: 1_048_576 },
    ])
    await output(cluster, ['quota', 'delete', '--user', 'ada', '--default', 'client-id'])
    await eventually('the quota is gone', ['quota', 'list'], 0)
  })
  await report.check(`${cluster.name}: user create, alter, list, delete; the password from the input`, async () => {
    await output(cluster, ['user', 'create', 'ada'], 'secret\n')
    await output(cluster, ['user', 'create', 'ada', '--mechanism', 'scram-sha-256', '--iterations', '5000'], 'secret')
    await eventually('two credentials', ['user', 'list'], 2)
    assert.deepEqual(await rows(cluster, ['user', 'list', 'ada']), [
      { user: 'ada', mechanism: 'SCRAM-SHA-256', iterations: 5000 },
      { user: 'ada', mechanism: 'SCRAM-SHA-512', iterations: 4096 },
    ])
    assert.match((await odradek(cluster, ['user', 'create', 'ada'], 'x')).stderr, /odradek user alter changes them/)
    await output(cluster, ['user', 'alter', 'ada', '--mechanism', 'SCRAM-SHA-256'], 'another')
    assert.equal(
      await output(cluster, ['user', 'delete', 'ada']),
      'ada SCRAM-SHA-256 deleted\nada SCRAM-SHA-512 deleted\n',
    )
    await eventually('nobody', ['user', 'list'], 0)
    assert.match((await odradek(cluster, ['user', 'delete', 'ada'])).stderr, /has no SCRAM credentials/)
  })
  if (cluster.name === 'odradek') {
    await report.check('odradek: acl is refused with cause and next step', async () => {
      const { status, stdout, stderr } = await odradek(cluster, ['acl', 'list'])
      // Until it has an authorizer, and then until one is set.
      if (status === 0) return
      assert.deepEqual([status, stdout], [1, ''])
      assert.match(stderr, /^odradek: .*(cannot do this|authorizer\.class\.name)/)
    })
    return
  }
  await report.check(`${cluster.name}: acl create, list, delete`, async () => {
    const create = [
      'acl',
      'create',
      '--allow',
      'ada',
      '--operation',
      'read,describe',
      '--topic',
      'or',
      '--pattern',
      'prefixed',
    ]
    await output(cluster, [...create, '--host', '127.0.0.1'])
    await output(cluster, ['acl', 'create', '--deny', 'User:*', '--operation', 'alter', '--cluster'])
    await eventually('three rules', ['acl', 'list'], 3)
    assert.deepEqual(await rows(cluster, ['acl', 'list', '--principal', 'User:*']), [
      {
        resource: 'cluster',
        name: 'kafka-cluster',
        pattern: 'literal',
        principal: 'User:*',
        host: '*',
        operation: 'alter',
        permission: 'deny',
      },
    ])
    assert.equal((await rows(cluster, ['acl', 'list', '--topic', 'orders', '--pattern', 'match'])).length, 2)
    assert.equal((await rows(cluster, ['acl', 'delete', '--operation', 'describe', '--dry-run'])).length, 1)
    assert.equal((await rows(cluster, ['acl', 'delete', '--all'])).length, 3)
    await eventually('no rules', ['acl', 'list'], 0)
    const wrong = await odradek(cluster, ['acl', 'create', '--allow', 'ada', '--operation', 'write', '--topic', ''])
    assert.equal(wrong.status, 1, wrong.stdout)
    assert.match(wrong.stderr, /^odradek: User:ada from \*: allow write on topic : .*\(INVALID_REQUEST\)/)
  })
}
