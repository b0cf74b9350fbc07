import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KafkaError } from '@odradek/kafka-protocol'
import fc from 'fast-check'
import { assignReplicas } from './assign-replicas.ts'
import type { BrokerPlace } from './assign-replicas.ts'

const start = { index: 0, shift: 0, partition: 0 }
const brokers = (count: number): BrokerPlace[] =>
  Array.from({ length: count }, (_, brokerId) => ({ brokerId, rack: undefined }))

test('leaders go round the brokers, followers are shifted with each round', () => {
  // The worked example of Kafka's own documentation: ten partitions with three replicas on five brokers.
  assert.deepEqual(assignReplicas(brokers(5), 10, 3, start), [
    [0, 1, 2],
    [1, 2, 3],
    [2, 3, 4],
    [3, 4, 0],
    [4, 0, 1],
    [0, 2, 3],
    [1, 3, 4],
    [2, 4, 0],
    [3, 0, 1],
    [4, 1, 2],
  ])
})

test('replicas are in different racks when every broker names its own', () => {
  const racks = ['a', 'b', 'c', 'c', 'b', 'a']
  const placed = racks.map((rack, brokerId) => ({ brokerId, rack }))
  for (const replicas of assignReplicas(placed, 12, 3, start)) {
    assert.equal(new Set(replicas.map((brokerId) => racks[brokerId])).size, 3)
  }
})

test('what cannot be spread is refused', () => {
  const refused = (run: () => unknown, code: string, message: string): void => {
    assert.throws(run, (error) => error instanceof KafkaError && error.code === code && error.message === message)
  }
  refused(
    () => assignReplicas(brokers(1), 0, 1, start),
    'INVALID_PARTITIONS',
    'Number of partitions must be larger than 0.',
  )
  refused(
    () => assignReplicas(brokers(2), 1, 3, start),
    'INVALID_REPLICATION_FACTOR',
    'Replication factor: 3 larger than available brokers: 2.',
  )
})

test('more partitions than a znode can hold are refused before they take memory', () => {
  const places = [{ brokerId: 1, rack: undefined }]
  const refused = /2147483647 partitions are more than can be/
  assert.throws(() => assignReplicas(places, 2_147_483_647, 1, { index: 0, shift: 0, partition: 0 }), refused)
  assert.throws(() => assignReplicas(places, 2_147_483_640, 1, { index: 0, shift: 0, partition: 7 }), refused)
})

test('every partition has distinct replicas, and brokers lead equally many', () => {
  const racks = fc.constantFrom(undefined, 'a', 'b', 'c')
  const world = fc.record({
    places: fc.array(racks, { minLength: 1, maxLength: 9 }),
    partitionCount: fc.integer({ min: 1, max: 40 }),
    factor: fc.integer({ min: 1, max: 9 }),
    index: fc.nat(8),
    shift: fc.nat(8),
    partition: fc.nat(20),
  })
  fc.assert(
    fc.property(world, ({ places, partitionCount, factor, index, shift, partition }) => {
      const placed = places.map((rack, brokerId) => ({ brokerId, rack }))
      const replicationFactor = Math.min(factor, places.length)
      const from = { index: index % places.length, shift: shift % places.length, partition }
      const assignment = assignReplicas(placed, partitionCount, replicationFactor, from)
      assert.equal(assignment.length, partitionCount)
      for (const replicas of assignment) {
        assert.equal(new Set(replicas).size, replicationFactor)
        assert.ok(replicas.every((brokerId) => brokerId in places))
      }
      const led = placed.map(({ brokerId }) => assignment.filter(([leader]) => leader === brokerId).length)
      assert.ok(Math.max(...led) - Math.min(...led) <= 1)
    }),
    { numRuns: 200 },
  )
})
