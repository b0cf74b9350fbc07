import type { Alarm, Alarms } from '@odradek/coordinator'
import type { ClassicGroup } from './classic/classic-group.ts'
import type { ConsumerGroup } from './consumer/consumer-group.ts'
import { MemberTimers } from './consumer/member-timers.ts'
import type { GroupRecord, SavedGroup } from './group-record.ts'
import { GroupOffsets } from './offsets/group-offsets.ts'

/** Everything under one group id: the members, which are soft state in a classic group, and what the log holds for it. */
export class Group {
  readonly groupId: string
  /** Without members while the group is of the consumer protocol. */
  classic: ClassicGroup
  readonly offsets = new GroupOffsets()
  /** The last generation that is in the log; changed by replay only. */
  saved: SavedGroup | undefined = undefined
  /** Set while the group is of the consumer protocol; changed by replay only. */
  consumer: ConsumerGroup | undefined = undefined
  /** Deadlines of the members of `consumer`. */
  readonly timers: MemberTimers
  /** Rings while the regular expressions of `consumer` are being resolved. */
  regexAlarm: Alarm<GroupRecord> | undefined = undefined
  /** The topics that they were last resolved against. */
  regexTopicsVersion = -1
  #metadata = { version: -1, epoch: 0 }

  constructor(classic: ClassicGroup, alarms: Alarms<GroupRecord>) {
    this.groupId = classic.groupId
    this.classic = classic
    this.timers = new MemberTimers(alarms)
  }

  /** Nothing in the log, and no members: it may be forgotten. Whoever was given an id and has not joined yet will be given another. */
  get isForgettable(): boolean {
    return (
      this.saved === undefined && this.consumer === undefined && this.offsets.isEmpty && this.classic.state === 'Empty'
    )
  }

  /** Of the topics that `consumer` was last compared with; -1 when it has to be compared again. */
  get metadataVersion(): number {
    const { version, epoch } = this.#metadata
    return (this.consumer?.groupEpoch ?? 0) < epoch ? -1 : version
  }

  /** The group was compared with the topics of `version`, and is to be at `epoch` by that. */
  metadataSeen(version: number, epoch: number): void {
    this.#metadata = { version, epoch }
  }

  /** The soft state of `consumer` ends with it. */
  clearConsumerState(): void {
    this.timers.clear()
    this.regexAlarm?.clear()
    this.regexAlarm = undefined
    this.regexTopicsVersion = -1
    this.#metadata = { version: -1, epoch: 0 }
  }
}
