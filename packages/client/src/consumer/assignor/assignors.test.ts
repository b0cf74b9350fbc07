// Beside the answers of Java 4.3.1's own assignors to random groups (judges/java/AssignorAnswers.java writes them).
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { decodeSubscription, encodeAssignment, encodeSubscription } from '../consumer-protocol.ts'
import { partitionKey } from '../topic-partition.ts'
import type { TopicPartition } from '../topic-partition.ts'
import type { Assignments, Assignor, AssignorMember, PartitionRacks } from './assignor.ts'
import { cooperativeStickyAssignor } from './cooperative-sticky-assignor.ts'
import { rangeAssignor } from './range-assignor.ts'
import { roundRobinAssignor } from './round-robin-assignor.ts'
import { stickyAssignor } from './sticky-assignor.ts'

interface MemberCase {
  topics: string[]
  groupInstanceId?: string
  rackId?: string
  owned: string[]
  generationId: number
  sticky: string
  'cooperative-sticky': string
  assignment: string
}

interface Case {
  topics: Record<string, string[][]>
  members: Record<string, MemberCase>
  answers: Record<string, Record<string, string[]>>
}

const fixture = new URL('../../../test/fixtures/assignors-java-4.3.1.jsonl.gz', import.meta.url)
const cases = gunzipSync(readFileSync(fixture))
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case)

function parsePartition(name: string): TopicPartition {
  const dash = name.lastIndexOf('-')
  return { topic: name.slice(0, dash), partition: Number(name.slice(dash + 1)) }
}

function membersFor(group: Case, assignor: Assignor): AssignorMember[] {
  return Object.entries(group.members).map(([memberId, member]) => {
    const bytes = Buffer.from(
      assignor.name === 'cooperative-sticky' ? member['cooperative-sticky'] : member.sticky,
      'hex',
    )
    const { groupInstanceId } = member
    return { memberId, groupInstanceId, ...decodeSubscription(bytes) }
  })
}

function answersOf(group: Case, assignor: Assignor): { ours: Assignments; javas: Record<string, string[]> } {
  const topics = new Map<string, PartitionRacks>(Object.entries(group.topics))
  const javas = group.answers[assignor.name]
  assert.ok(javas !== undefined)
  return { ours: assignor.assign(topics, membersFor(group, assignor)), javas }
}

function named(assignments: Assignments): Record<string, string[]> {
  return Object.fromEntries([...assignments].map(([id, partitions]) => [id, partitions.map(partitionKey).toSorted()]))
}

for (const assignor of [rangeAssignor, roundRobinAssignor]) {
  test(`${assignor.name} gives everybody exactly what Java's gives`, () => {
    for (const group of cases) {
      const { ours, javas } = answersOf(group, assignor)
      const expected = Object.fromEntries(Object.entries(javas).map(([id, list]) => [id, list.toSorted()]))
      assert.deepEqual(named(ours), expected, JSON.stringify(group))
    }
  })
}

/** The smaller, the more balanced. */
function spread(lists: readonly (readonly unknown[])[]): number {
  return lists.reduce((sum, list) => sum + list.length ** 2, 0)
}

function keptCount(group: Case, answer: Record<string, string[]>): number {
  return Object.entries(answer).reduce((sum, [id, list]) => {
    const owned = new Set(group.members[id]?.owned)
    return sum + list.filter((partition) => owned.has(partition)).length
  }, 0)
}

function nearCount(group: Case, answer: Record<string, string[]>): number {
  return Object.entries(answer).reduce((sum, [id, list]) => {
    const rack = group.members[id]?.rackId
    return sum + list.filter((name) => racksIn(group, name).includes(rack ?? '')).length
  }, 0)
}

function racksIn(group: Case, name: string): string[] {
  const { topic, partition } = parsePartition(name)
  return group.topics[topic]?.[partition] ?? []
}

test('sticky gives each subscribed partition to one subscriber, never less balanced than Java gives', () => {
  const kept = { ours: 0, javas: 0 }
  const near = { ours: 0, javas: 0 }
  for (const group of cases) {
    const { ours, javas } = answersOf(group, stickyAssignor)
    const answer = named(ours)
    assert.deepEqual(Object.values(answer).flat().toSorted(), Object.values(javas).flat().toSorted())
    for (const [id, list] of Object.entries(answer)) {
      for (const name of list) assert.ok(group.members[id]?.topics.includes(parsePartition(name).topic))
    }
    assert.ok(spread(Object.values(answer)) <= spread(Object.values(javas)), JSON.stringify(group))
    kept.ours += keptCount(group, answer)
    kept.javas += keptCount(group, javas)
    near.ours += nearCount(group, answer)
    near.javas += nearCount(group, javas)
  }
  assert.ok(kept.ours >= kept.javas && near.ours >= near.javas)
})

test('cooperative-sticky never gives a partition to one while another still has it', () => {
  for (const group of cases) {
    const answer = named(answersOf(group, cooperativeStickyAssignor).ours)
    for (const [id, list] of Object.entries(answer)) {
      for (const name of list) {
        const others = Object.entries(group.members).filter(([, member]) => member.owned.includes(name))
        assert.ok(
          others.length === 0 || others.some(([other]) => other === id),
          `${name} to ${id}: ${JSON.stringify(group)}`,
        )
      }
    }
  }
})

test('a cooperative group settles in the third round at the latest: all is assigned, and nothing moves any more', () => {
  for (const group of cases) {
    const topics = new Map<string, PartitionRacks>(Object.entries(group.topics))
    let members = membersFor(group, cooperativeStickyAssignor)
    for (let generationId = 8; generationId < 11; generationId++) {
      const assignments = cooperativeStickyAssignor.assign(topics, members)
      members = members.map((member) => ({
        ...member,
        generationId,
        ownedPartitions: assignments.get(member.memberId) ?? [],
      }))
    }
    const subscribed = new Set(members.flatMap((member) => member.topics))
    const expected = [...topics].reduce((sum, [topic, list]) => sum + (subscribed.has(topic) ? list.length : 0), 0)
    assert.equal(members.flatMap((member) => member.ownedPartitions).length, expected, JSON.stringify(group))
    const again = cooperativeStickyAssignor.assign(topics, members)
    for (const { memberId, ownedPartitions } of members) assert.deepEqual(again.get(memberId), ownedPartitions)
  }
})

test('subscriptions and assignments are the bytes that Java writes', () => {
  for (const group of cases) {
    for (const member of Object.values(group.members)) {
      const owned = member.owned.map(parsePartition)
      const { topics, generationId, rackId } = member
      const base = { topics, generationId, rackId }
      const joined = generationId >= 0
      const cooperative = encodeSubscription({
        ...base,
        ownedPartitions: owned,
        userData: cooperativeStickyAssignor.userData?.(owned, generationId) ?? null,
      })
      assert.equal(cooperative.toString('hex'), member['cooperative-sticky'])
      const sticky = encodeSubscription({
        ...base,
        ownedPartitions: [],
        userData: joined ? (stickyAssignor.userData?.(owned, generationId) ?? null) : null,
      })
      // Java writes the topics of sticky's user data in the order of a hash table.
      assert.equal(sticky.length * 2, member.sticky.length)
      assert.equal(encodeAssignment({ partitions: owned, userData: null }).toString('hex'), member.assignment)
    }
  }
})

test('a claim to a partition that is gone counts for nothing', () => {
  const owned = [0, 1, 2, 3].map((partition) => ({ topic: 'orders', partition }))
  const member = { topics: ['orders'], generationId: 3, userData: null }
  const assignments = cooperativeStickyAssignor.assign(new Map([['orders', [[], []]]]), [
    { ...member, memberId: 'a', ownedPartitions: owned },
    { ...member, memberId: 'b', ownedPartitions: [] },
  ])
  assert.deepEqual(assignments.get('a'), [{ topic: 'orders', partition: 0 }])
})

test('fifty members take over two thousand partitions from one', () => {
  const owned = Array.from({ length: 2000 }, (_, partition) => ({ topic: 'orders', partition }))
  const members = Array.from({ length: 50 }, (_, index) => ({
    memberId: `member-${index}`,
    topics: index === 0 ? ['orders', 'other'] : ['orders'],
    generationId: 3,
    userData: null,
    ownedPartitions: index === 0 ? owned : [],
  }))
  const topics = new Map<string, PartitionRacks>([
    ['orders', owned.map(() => [])],
    ['other', [[]]],
  ])
  const assignments = cooperativeStickyAssignor.assign(topics, members)
  assert.equal(assignments.get('member-0')?.length, 41)
})
