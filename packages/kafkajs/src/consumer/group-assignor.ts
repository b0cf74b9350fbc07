import type { Assignor } from '@odradek/client'
import type { Assigner } from '../types/cluster.ts'

/** An assigner of kafkajs, as the client takes it. */
export function groupAssignorOf(assigner: Assigner): Assignor {
  return {
    name: assigner.name,
    rebalanceProtocol: 'eager',
    assign: () => new Map(),
    subscriptionBytes: (topics) => assigner.protocol({ topics: [...topics] }).metadata,
    assignBytes: async (members, topics) => {
      const group = {
        members: members.map(({ memberId, subscription }) => ({
          memberId,
          memberMetadata: subscription ?? Buffer.alloc(0),
        })),
        topics: [...topics],
      }
      const assignments = await assigner.assign(group)
      return new Map(assignments.map(({ memberId, memberAssignment }) => [memberId, memberAssignment]))
    },
  }
}
