import type { Assigner, Assignment, Cluster, PartitionAssigner } from '../types/cluster.ts'
import { AssignerProtocol } from './assigner-protocol.ts'

const name = 'RoundRobinAssigner'
const version = 0

/** kafkajs's only assignor, under its name and with its results, so that members of both can share a group. */
const roundRobin = ({ cluster }: { cluster: Pick<Cluster, 'findTopicPartitionMetadata'> }): Assigner => ({
  name,
  version,
  assign({ members, topics }) {
    const circle = members.map(({ memberId }) => memberId).toSorted()
    const assignments = new Map<string, Assignment>()
    const all = topics.flatMap((topic) =>
      cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ topic, partitionId })),
    )
    for (const [index, { topic, partitionId }] of all.entries()) {
      const memberId = circle[index % circle.length] as string
      const assignment: Assignment = assignments.get(memberId) ?? Object.create(null)
      assignments.set(memberId, assignment)
      const partitions = (assignment[topic] ??= [])
      partitions.push(partitionId)
    }
    return Promise.resolve(
      [...assignments].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({ version, assignment } as never),
      })),
    )
  },
  protocol: ({ topics }) => ({
    name,
    metadata: AssignerProtocol.MemberMetadata.encode({ version, topics } as never),
  }),
})

export const PartitionAssigners: { roundRobin: PartitionAssigner } = { roundRobin }
