import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { planAssignment } from './plan-assignment.ts'

const brokers = (count: number, racks?: readonly string[]) =>
  Array.from({ length: count }, (_unused, index) => ({ id: index + 1, rack: racks?.[index] ?? null }))

test('a broker that joins gets its share, and nothing else moves', () => {
  const before = Array.from({ length: 6 }, (_unused, partition) => ({
    topic: 't',
    partition,
    replicas: partition % 2 ? [1, 2] : [2, 1],
  }))
  const after = planAssignment(before, brokers(3))
  const load = (id: number) => after.filter(({ replicas }) => replicas.includes(id)).length
  assert.deepEqual([load(1), load(2), load(3)], [4, 4, 4])
  const moved = after.flatMap(({ replicas }, index) => replicas.filter((id) => !before[index]?.replicas.includes(id)))
  assert.deepEqual(moved, [3, 3, 3, 3])
  const leaders = [1, 2, 3].map((id) => after.filter(({ replicas }) => replicas[0] === id).length)
  assert.deepEqual(leaders, [2, 2, 2])
})

test('replicas go to other racks; a broker is emptied; more replicas than brokers are refused', () => {
  const [only] = planAssignment([{ topic: 't', partition: 0, replicas: [1] }], brokers(4, ['a', 'a', 'b', 'b']), 2)
  assert.equal([3, 4].includes(only?.replicas.find((id) => id !== 1) ?? 0), true)
  const emptied = planAssignment([{ topic: 't', partition: 0, replicas: [1, 2] }], brokers(3).slice(1))
  assert.deepEqual(emptied[0]?.replicas.toSorted(), [2, 3])
  assert.throws(() => planAssignment([{ topic: 't', partition: 0, replicas: [1] }], brokers(2), 3), /t:0.*3 replicas/)
})

test('any plan is even within one, keeps the number of replicas, and a second one changes nothing', () => {
  const clusters = fc
    .record({ count: fc.integer({ min: 1, max: 6 }), old: fc.integer({ min: 1, max: 6 }) })
    .chain(({ count, old }) =>
      fc.record({
        count: fc.constant(count),
        partitions: fc.array(
          fc.uniqueArray(fc.integer({ min: 1, max: old }), { minLength: 1, maxLength: Math.min(count, old) }),
          { minLength: 1, maxLength: 20 },
        ),
      }),
    )
  fc.assert(
    fc.property(clusters, ({ count, partitions }) => {
      const before = partitions.map((replicas, partition) => ({ topic: 't', partition, replicas }))
      const after = planAssignment(before, brokers(count))
      for (const [index, { replicas }] of after.entries()) {
        assert.equal(replicas.length, before[index]?.replicas.length)
        assert.equal(new Set(replicas).size, replicas.length)
        assert.ok(replicas.every((id) => id >= 1 && id <= count))
      }
      const loads = brokers(count).map(({ id }) => after.filter(({ replicas }) => replicas.includes(id)).length)
      assert.ok(Math.max(...loads) - Math.min(...loads) <= 1, loads.join())
      assert.deepEqual(planAssignment(after, brokers(count)), after)
    }),
    { numRuns: 300 },
  )
})
