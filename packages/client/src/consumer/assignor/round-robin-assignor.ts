import { compareMembers, compareText, emptyAssignments } from './assignor.ts'
import type { Assignments, Assignor, AssignorMember, PartitionRacks } from './assignor.ts'

/** Deals all partitions of all topics out like cards, passing over members that do not subscribe to the topic. */
export const roundRobinAssignor: Assignor = { name: 'roundrobin', rebalanceProtocol: 'eager', assign }

function assign(topics: ReadonlyMap<string, PartitionRacks>, members: readonly AssignorMember[]): Assignments {
  const assignments = emptyAssignments(members)
  const circle = members
    .toSorted(compareMembers)
    .map(({ memberId, topics: subscribed }) => ({ memberId, topics: new Set(subscribed) }))
  const subscribed = new Set(members.flatMap((member) => member.topics))
  let turn = 0
  for (const topic of [...topics.keys()].toSorted(compareText)) {
    if (!subscribed.has(topic)) continue
    const count = topics.get(topic)?.length ?? 0
    for (let partition = 0; partition < count; partition++) {
      while (circle[turn % circle.length]?.topics.has(topic) === false) turn++
      const member = circle[turn % circle.length]
      turn++
      if (member !== undefined) assignments.get(member.memberId)?.push({ topic, partition })
    }
  }
  return assignments
}
