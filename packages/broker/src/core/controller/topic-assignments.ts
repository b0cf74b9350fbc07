import type { ReplicaAssignment } from '../../znodes/topic.ts'
import { decodeTopic, encodeTopic, topicPath } from '../../znodes/topic.ts'
import { ZnodeError } from '../../znodes/znode-error.ts'
import { sameAssignment } from '../topics/replica-assignment.ts'
import type { ControllerContext } from './controller-context.ts'
import type { ControlledPartition } from './controller-state.ts'
import type { Steps, ZnodeResult, ZnodeWrite } from './znode-operation.ts'
import { askAll } from './znode-operation.ts'

/** CreatePartitions writes the same znode: who comes second begins again from what it holds. */
const ATTEMPTS_MAX = 10

type Assignments = ReadonlyMap<ControlledPartition, ReplicaAssignment>

/** The write that brings the assignments into the topic's znode; undefined when they are there. */
function writeOf(topic: string, { data, version }: ZnodeResult, assignments: Assignments): ZnodeWrite | undefined {
  const znode = decodeTopic(topic, data)
  const partitions = new Map(znode.partitions)
  let isChanged = false
  for (const [{ partition }, wanted] of assignments) {
    const present = partitions.get(partition)
    if (present !== undefined && sameAssignment(present, wanted)) continue
    partitions.set(partition, wanted)
    isChanged = true
  }
  if (!isChanged) return undefined
  return { op: 'setData', path: topicPath(topic), data: encodeTopic({ ...znode, partitions }), version }
}

/**
 * Writes assignments into the znodes of their topics, one write for each, and keeps what else is in there. Returns the partitions whose
 * assignment is stored; why others are not is in the log. What is in memory stays as it is.
 */
export function* storeAssignments(
  context: ControllerContext,
  assignments: Assignments,
): Steps<Set<ControlledPartition>> {
  const byTopic = new Map(
    [...Map.groupBy(assignments, ([{ topic }]) => topic)].map(([topic, entries]) => [topic, new Map(entries)]),
  )
  const stored = new Set<ControlledPartition>()
  const settle = (topic: string): void => {
    for (const partition of byTopic.get(topic)?.keys() ?? []) stored.add(partition)
  }
  const fail = (topic: string, why: string): void => {
    context.log('error', `The replicas of topic ${topic} cannot be written: ${why}`)
  }
  let remaining = [...byTopic.keys()]
  for (let attempt = 0; remaining.length > 0 && attempt < ATTEMPTS_MAX; attempt++) {
    const results = yield* askAll(remaining.map((topic) => ({ op: 'getData', path: topicPath(topic) })))
    const writes = new Map<string, ZnodeWrite>()
    for (const [index, topic] of remaining.entries()) {
      const result = results[index]
      if (result === undefined || result.error !== undefined) {
        fail(topic, `ZooKeeper answered ${result?.error}.`)
        continue
      }
      try {
        const write = writeOf(topic, result, byTopic.get(topic) ?? new Map())
        if (write === undefined) settle(topic)
        else writes.set(topic, write)
      } catch (error) {
        if (!(error instanceof ZnodeError)) throw error
        fail(topic, error.message)
      }
    }
    const outcomes = yield* context.write([...writes.values()])
    remaining = []
    for (const [index, topic] of [...writes.keys()].entries()) {
      const error = outcomes[index]?.error
      if (error === undefined) settle(topic)
      else if (error === 'BAD_VERSION') remaining.push(topic)
      else fail(topic, `ZooKeeper answered ${error}.`)
    }
  }
  for (const topic of remaining) fail(topic, 'somebody else writes its znode again and again.')
  return stored
}
