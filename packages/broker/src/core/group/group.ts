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

  /** Nothing in the log, and no members: it may be forgotten. Whoever was given an id and has not joined yet will be given another. */
  get isForgettable(): boolean {
    return this.saved === undefined && this.offsets.isEmpty && this.classic.state === 'Empty'
  }
}
