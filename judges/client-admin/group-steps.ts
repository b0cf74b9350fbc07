import assert from 'node:assert/strict'
import type { Admin } from '@odradek/client'
import { createConsumer, createShareConsumer } from '@odradek/client/node'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { StreamsMember } from '../lib/streams-member.ts'

const settleMs = 30_000
const place = { topic: 'orders', partition: 0 }

/** Groups of all four kinds, their members and offsets. */
export async function judgeGroupCalls(report: Report, admin: Admin, bootstrap: string): Promise<void> {
  await report.check('consumer groups: offsets', async () => {
    await admin.alterConsumerGroupOffsets('by-hand', [{ ...place, offset: 2, metadata: 'why' }])
    const listed = (await admin.listConsumerGroupOffsets({ 'by-hand': null })).get('by-hand')
    assert.deepEqual(
      listed?.map(({ offset, metadata }) => [offset, metadata]),
      [[2, 'why']],
    )
    await admin.deleteConsumerGroupOffsets('by-hand', [place])
    assert.deepEqual((await admin.listConsumerGroupOffsets({ 'by-hand': null })).get('by-hand'), [])
  })
  await report.check('groups with a member: list, describe, remove it, delete', () => members(admin, bootstrap))
  await report.check('share groups: describe, offsets, delete', () => shareGroups(admin, bootstrap))
  await report.check('streams groups (KIP-1071): describe, offsets, delete', () => streamsGroups(admin, bootstrap))
}

async function members(admin: Admin, bootstrap: string): Promise<void> {
  const consumer = createConsumer({
    'bootstrap.servers': bootstrap,
    'group.id': 'readers',
    'group.instance.id': 'static-1',
    'auto.offset.reset': 'earliest',
  })
  consumer.subscribe(['orders'])
  const ended = consumer.run({ eachRecord: () => Promise.resolve() }).catch((error: unknown) => error)
  const stable = async (): Promise<true | undefined> =>
    (await admin.describeConsumerGroups(['readers'])).get('readers')?.state === 'Stable' || undefined
  await pollUntil('the group is stable', settleMs, stable)
  const group = (await admin.describeClassicGroups(['readers'])).get('readers')
  assert.deepEqual(
    group?.members.map(({ groupInstanceId, assignment }) => [groupInstanceId, assignment]),
    [['static-1', [place]]],
  )
  assert.ok((await admin.listGroups({ types: ['Classic'] })).some(({ groupId }) => groupId === 'readers'))
  assert.ok((await admin.listConsumerGroups()).some(({ groupId }) => groupId === 'readers'))
  await admin.removeMembersFromConsumerGroup('readers', [{ groupInstanceId: 'static-1' }], { reason: 'a judge' })
  const gone = async (): Promise<true | undefined> =>
    (await admin.describeConsumerGroups(['readers']))
      .get('readers')
      ?.members.every(({ memberId }) => memberId !== group?.members[0]?.memberId) || undefined
  await pollUntil('the member is gone', settleMs, gone)
  await consumer.close()
  await ended
  await pollUntil('nobody is in the group', settleMs, async () => {
    const [left] = (await admin.describeConsumerGroups(['readers'])).values()
    if (left !== undefined && left.members.length > 0)
      await admin.removeMembersFromConsumerGroup('readers', [{ groupInstanceId: 'static-1' }])
    return left?.state === 'Empty' || undefined
  })
  await admin.deleteConsumerGroups(['readers'])
  assert.ok((await admin.listConsumerGroups()).every(({ groupId }) => groupId !== 'readers'))
}

async function shareGroups(admin: Admin, bootstrap: string): Promise<void> {
  const consumer = createShareConsumer({ 'bootstrap.servers': bootstrap, 'group.id': 'sharers' })
  consumer.subscribe(['orders'])
  const reading = consumer[Symbol.asyncIterator]()
  const next = reading.next()
  await pollUntil('the member has its partition', settleMs, async () => {
    const group = (await admin.describeShareGroups(['sharers'])).get('sharers')
    return (group?.state === 'Stable' && group.members[0]?.assignment.length === 1) || undefined
  })
  await reading.return(undefined)
  await next
  await consumer.close()
  await pollUntil('nobody is in the group', settleMs, async () => {
    return (await admin.describeShareGroups(['sharers'])).get('sharers')?.state === 'Empty' || undefined
  })
  await admin.alterShareGroupOffsets('sharers', [{ ...place, startOffset: 2 }])
  assert.equal((await admin.listShareGroupOffsets(['sharers'])).get('sharers')?.[0]?.startOffset, 2)
  await admin.deleteShareGroupOffsets('sharers', ['orders'])
  assert.deepEqual((await admin.listShareGroupOffsets(['sharers'])).get('sharers') ?? [], [])
  await admin.deleteShareGroups(['sharers'])
  assert.deepEqual(await admin.listGroups({ types: ['Share'] }), [])
}

async function streamsGroups(admin: Admin, bootstrap: string): Promise<void> {
  const groupId = 'streamers'
  const member = await StreamsMember.join(bootstrap, groupId, ['orders'])
  try {
    const group = (await admin.describeStreamsGroups([groupId], { includeAuthorizedOperations: true })).get(groupId)
    assert.deepEqual(
      group?.subtopologies.map(({ subtopologyId, sourceTopics }) => [subtopologyId, sourceTopics]),
      [['0', ['orders']]],
    )
    assert.deepEqual(
      group?.members.map(({ memberId, processId, clientTags, isClassic }) => [
        memberId,
        processId,
        clientTags,
        isClassic,
      ]),
      [[member.memberId, 'process-1', { zone: 'a' }, false]],
    )
    assert.ok(group?.authorizedOperations?.includes('DESCRIBE'))
    await member.leave()
    await pollUntil('nobody is in the group', settleMs, async () => {
      return (await admin.describeStreamsGroups([groupId])).get(groupId)?.state === 'Empty' || undefined
    })
  } finally {
    member.close()
  }
  await admin.alterStreamsGroupOffsets(groupId, [{ ...place, offset: 2 }])
  assert.equal((await admin.listStreamsGroupOffsets({ [groupId]: null })).get(groupId)?.[0]?.offset, 2)
  await admin.deleteStreamsGroupOffsets(groupId, [place])
  assert.deepEqual((await admin.listStreamsGroupOffsets({ [groupId]: null })).get(groupId), [])
  await admin.deleteStreamsGroups([groupId])
  assert.deepEqual(await admin.listGroups({ types: ['Streams'] }), [])
}
