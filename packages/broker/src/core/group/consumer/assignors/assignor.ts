import type { Assignment } from '../assignment.ts'

/** A member as an assignor sees it. */
export interface AssignorMember {
  readonly memberId: string
  readonly instanceId: string | null
  /** Ids of topics that exist, sorted. */
  readonly topicIds: readonly string[]
  /** What the target gave it so far. */
  readonly target: Assignment
}

/** What an assignor shares out. */
export interface AssignorInput {
  /** In order of their ids. */
  readonly members: readonly AssignorMember[]
  /** All members subscribe to the same topics. */
  readonly isHomogeneous: boolean
  readonly partitionCountOf: (topicId: string) => number
}

/** The new target of each member; whoever is missing gets nothing. */
export type Assignor = (input: AssignorInput) => Map<string, Assignment>
