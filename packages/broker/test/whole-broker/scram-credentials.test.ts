import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorOf } from '@odradek/kafka-protocol'
import {
  alterClientQuotasRequest,
  alterClientQuotasResponse,
} from '@odradek/kafka-protocol/messages/49-alter-client-quotas'
import {
  describeUserScramCredentialsRequest,
  describeUserScramCredentialsResponse,
} from '@odradek/kafka-protocol/messages/50-describe-user-scram-credentials'
import {
  alterUserScramCredentialsRequest,
  alterUserScramCredentialsResponse,
} from '@odradek/kafka-protocol/messages/51-alter-user-scram-credentials'
import { ClusterWorld } from './cluster-world.ts'

interface Wish {
  readonly name: string
  readonly mechanism?: number
  /** Absent: the credential is to go. */
  readonly iterations?: number
}

async function alter(world: ClusterWorld, wishes: readonly Wish[], brokerId = 1): Promise<string[]> {
  const salt = Buffer.from('salt')
  const saltedPassword = Buffer.alloc(32, 7)
  const named = wishes.map(({ mechanism = 1, ...wish }) => ({ ...wish, mechanism }))
  const { results } = await world.ask(
    alterUserScramCredentialsRequest,
    alterUserScramCredentialsResponse,
    {
      deletions: named.filter(({ iterations }) => iterations === undefined),
      upsertions: named.flatMap(({ name, mechanism, iterations }) =>
        iterations === undefined ? [] : [{ name, mechanism, iterations, salt, saltedPassword }],
      ),
    },
    { brokerId },
  )
  return results.map(({ user, errorCode }) => `${user} ${errorOf(errorCode).name}`).sort()
}

async function describe(world: ClusterWorld, users: readonly string[] | null): Promise<string[]> {
  const { results } = await world.ask(describeUserScramCredentialsRequest, describeUserScramCredentialsResponse, {
    users: users && users.map((name) => ({ name })),
  })
  return results.map(({ user, errorCode, credentialInfos }) =>
    [
      user,
      errorOf(errorCode).name,
      ...credentialInfos.map(({ mechanism, iterations }) => `${mechanism}:${iterations}`),
    ].join(' '),
  )
}

test('SCRAM credentials are set, described and removed, beside the quotas of their users', async () => {
  const world = await ClusterWorld.withZooKeeper('SCRAM credentials')
  await world.startBroker(1)
  await world.startBroker(2)
  const { entries } = await world.ask(alterClientQuotasRequest, alterClientQuotasResponse, {
    entries: ['ä b', 'quota'].map((entityName) => ({
      entity: [{ entityType: 'user', entityName }],
      ops: [{ key: 'producer_byte_rate', value: 1000 }],
    })),
  })
  assert.deepEqual(
    entries.map(({ errorCode }) => errorCode),
    [0, 0],
  )
  assert.deepEqual(await describe(world, null), [])
  assert.deepEqual(
    await alter(world, [
      { name: 'ä b', iterations: 4096 },
      { name: 'ä b', mechanism: 2, iterations: 8192 },
      { name: 'ada', iterations: 16_384 },
    ]),
    ['ada NONE', 'ä b NONE'],
  )
  assert.deepEqual(await describe(world, null), ['ada NONE 1:16384', 'ä b NONE 1:4096 2:8192'])
  assert.deepEqual(await describe(world, ['ä b', 'quota', '', 'ada', 'ada']), [
    'ä b NONE 1:4096 2:8192',
    'quota RESOURCE_NOT_FOUND',
    ' RESOURCE_NOT_FOUND',
    'ada DUPLICATE_RESOURCE',
  ])
  assert.deepEqual(
    await alter(world, [
      { name: '', iterations: 4096 },
      { name: 'few', iterations: 4095 },
      { name: 'many', iterations: 16_385 },
      { name: 'what', mechanism: 3, iterations: 4096 },
      { name: 'twice', iterations: 4096 },
      { name: 'twice' },
      { name: 'nobody' },
      // Of a user of whom anything is refused nothing changes.
      { name: 'ada' },
      { name: 'ada', mechanism: 2 },
    ]),
    [
      ' UNACCEPTABLE_CREDENTIAL',
      'ada RESOURCE_NOT_FOUND',
      'few UNACCEPTABLE_CREDENTIAL',
      'many UNACCEPTABLE_CREDENTIAL',
      'nobody RESOURCE_NOT_FOUND',
      'twice DUPLICATE_RESOURCE',
      'what UNSUPPORTED_SASL_MECHANISM',
    ],
  )
  assert.deepEqual(await alter(world, [{ name: 'ä b' }]), ['ä b NONE'])
  assert.deepEqual(await describe(world, []), ['ada NONE 1:16384', 'ä b NONE 2:8192'])
  assert.deepEqual(await alter(world, [{ name: 'ada' }], 2), ['ada NOT_CONTROLLER'])
})
