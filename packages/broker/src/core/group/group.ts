import type { SavedGroup } from './group-record.ts'
import type { ClassicGroup } from './classic/classic-group.ts'
import { GroupOffsets } from './offsets/group-offsets.ts'

/** Everything under one group id: the members, which are soft state, and what the log holds for it. */
export class Group {
  readonly groupId: string
  readonly classic: ClassicGroup
  readonly offsets = new GroupOffsets()
  /** The last generation that is in the log; changed by replay only. */
  saved: SavedGroup | undefined = undefined

  constructor(classic: ClassicGroup) {
    this.groupId = classic.groupId
    this.classic = classic
  }

  /** Nothing in the log, and nobody in it or about to come: it may be forgotten. */
  get isForgettable(): boolean {
    const { state, pendingMembers } = this.classic
    return this.saved === undefined && this.offsets.isEmpty && state === 'Empty' && pendingMembers.size === 0
  }
}
