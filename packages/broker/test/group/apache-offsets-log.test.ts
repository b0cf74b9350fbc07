import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { errorOf } from '@odradek/kafka-protocol'
import { GroupWorld } from './group-world.ts'

/**
 * A partition of `__consumer_offsets` as Apache Kafka 3.9.1 wrote it: a group with a static member, one that is empty, one that was deleted,
 * one with offsets only, and commits in transactions that were committed, aborted, left open, and overtaken by a plain commit.
 */
const segment = readFileSync(new URL('../fixtures/consumer-offsets-3.9.1.bin', import.meta.url))

async function worldFromApache(): Promise<GroupWorld> {
  const world = new GroupWorld({ seed: 'apache' })
  world.log.append(segment)
  await world.simulation.runUntil(world.load())
  return world
}

function fetched(world: GroupWorld, groupId: string, requireStable = false): string[] {
  const positions = [0, 1, 2].map((partition) => ({ topic: 't', partition }))
  return world.runtime
    .read(0, (core) => core.fetchOffsets(groupId, [...positions, { topic: 'u', partition: 0 }], requireStable))
    .map(({ topic, partition, committedOffset, committedLeaderEpoch, metadata, errorCode }) =>
      errorCode === 0
        ? `${topic}-${partition} ${committedOffset} ${committedLeaderEpoch} ${metadata}`.trim()
        : `${topic}-${partition} ${errorOf(errorCode).name}`,
    )
}

test('groups of an Apache broker are taken over with their members, assignments and offsets', async () => {
  const world = await worldFromApache()
  const listed = world.runtime.read(0, (core) => core.list())
  assert.deepEqual(
    listed.map(({ groupId, groupState, protocolType }) => `${groupId} ${groupState} ${protocolType}`).sort(),
    ['gone Empty consumer', 'live Stable consumer', 'mixed Empty ', 'simple Empty ', 'transactional Empty '],
  )
  const live = world.runtime.read(0, (core) => core.describe('live'))
  assert.equal(live?.protocolData, 'range')
  const [member, ...others] = live?.members ?? []
  assert.equal(others.length, 0)
  assert.match(member?.memberId ?? '', /^instance-1-/)
  assert.equal(member?.groupInstanceId, 'instance-1')
  assert.equal(member?.clientId, 'fixture')
  assert.equal(member?.clientHost, '/127.0.0.1')
  assert.ok((member?.memberAssignment.length ?? 0) > 0)
  assert.deepEqual(fetched(world, 'live'), ['t-0 20 0 m20', 't-1 11 0 m11', 't-2 -1 -1', 'u-0 -1 -1'])
  assert.deepEqual(fetched(world, 'gone'), ['t-0 -1 -1', 't-1 -1 -1', 't-2 -1 -1', 'u-0 5 0 m5'])
  assert.deepEqual(fetched(world, 'simple'), ['t-0 1 0 m1', 't-1 2 0 m2', 't-2 -1 -1', 'u-0 -1 -1'])
})

test('of its transactions, what was committed counts, what was aborted does not, what is open makes the offset unstable', async () => {
  const world = await worldFromApache()
  assert.deepEqual(fetched(world, 'transactional'), ['t-0 100 0 m100', 't-1 101 0 m101', 't-2 -1 -1', 'u-0 -1 -1'])
  assert.deepEqual(fetched(world, 'transactional', true), [
    't-0 100 0 m100',
    't-1 UNSTABLE_OFFSET_COMMIT',
    't-2 UNSTABLE_OFFSET_COMMIT',
    'u-0 -1 -1',
  ])
  assert.equal(
    fetched(world, 'mixed')[0],
    't-0 60 0 m60',
    'the commit that came later stands, though its transaction ended after it',
  )
})

test('its member goes on where it was, and is missed when it does not', async () => {
  const world = await worldFromApache()
  const memberId = world.runtime.read(0, (core) => core.describe('live'))?.members[0]?.memberId ?? ''
  const heartbeat = (): Promise<number> =>
    world.runtime.request<number>(0, (core, to, effects, now) =>
      core.heartbeat({ groupId: 'live', generationId: 1, memberId, groupInstanceId: 'instance-1' }, to, effects, now),
    )
  assert.equal(await world.simulation.runUntil(heartbeat()), 0)
  await world.simulation.run(45_000)
  assert.equal(world.runtime.read(0, (core) => core.describe('live'))?.groupState, 'Empty')
})
