import { LogLevels } from '@odradek/base'
import type { Env, Logger } from '@odradek/base'
import { CoordinatorRuntime } from '@odradek/coordinator'
import { Simulation } from '@odradek/env-sim'
import type { GroupConfig } from '../../src/core/group/group-config.ts'
import type { GroupRecord } from '../../src/core/group/group-record.ts'
import { groupRecordCodec } from '../../src/core/group/group-record-codec.ts'
import { GroupShard } from '../../src/core/group/group-shard.ts'
import { TestTopics } from './test-topics.ts'
import { MemoryLog } from './memory-log.ts'

export const testGroupConfig: GroupConfig = {
  initialRebalanceDelayMs: 3000,
  sessionTimeoutMsMin: 6000,
  sessionTimeoutMsMax: 1_800_000,
  membersMax: 1000,
  offsetMetadataLengthMax: 10,
  offsetsRetentionMs: 3_600_000,
  offsetsRetentionCheckIntervalMs: 600_000,
  consumer: {
    isEnabled: true,
    membersMax: 1000,
    assignors: ['uniform', 'range'],
    defaultAssignor: 'uniform',
    migration: { upgrade: true, downgrade: true, isDisabled: false },
    regexRefreshIntervalMs: 600_000,
    settingsOf: () => ({ sessionTimeoutMs: 45_000, heartbeatIntervalMs: 5000, assignmentIntervalMs: 0 }),
  },
}

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  isEnabled: () => false,
  levels: new LogLevels('error'),
  child: () => silent,
}

/** One partition of `__consumer_offsets` under the real runtime, over a log in memory and a virtual clock; its coordinator can fail over. */
export class GroupWorld {
  readonly simulation: Simulation
  readonly env: Env
  readonly log = new MemoryLog()
  readonly topics = new TestTopics()
  config: GroupConfig
  logger: Logger
  #runtime: CoordinatorRuntime<GroupRecord, GroupShard> | undefined = undefined
  /** Of the coordinator that there is now. */
  leaderEpoch = -1

  constructor(options: { seed: number | string; config?: Partial<GroupConfig>; logger?: Logger }) {
    this.simulation = new Simulation({ seed: options.seed })
    this.env = this.simulation.machine('broker').env
    this.config = { ...testGroupConfig, ...options.config }
    this.logger = options.logger ?? silent
  }

  get runtime(): CoordinatorRuntime<GroupRecord, GroupShard> {
    if (this.#runtime === undefined) throw new Error('load first')
    return this.#runtime
  }

  get isLoaded(): boolean {
    return this.#runtime !== undefined
  }

  /** A fresh coordinator takes the log over. */
  load(): Promise<void> {
    this.#runtime = new CoordinatorRuntime<GroupRecord, GroupShard>({
      clock: this.env.clock,
      timers: this.env.timers,
      log: this.logger,
      topic: '__consumer_offsets',
      codec: groupRecordCodec,
      commitTimeoutMs: 5000,
      loadSizeBytesMax: 1 << 20,
      makeCore: () => new GroupShard(this.config, this.topics),
      openLog: () => this.log,
    })
    return this.#runtime.load(0, ++this.leaderEpoch)
  }

  /** The coordinator loses its partition, and another takes over what the replicas have: all of it, or only what was committed. */
  failOver(isLossy: boolean): Promise<void> {
    this.#runtime?.unload(0)
    if (isLossy) this.log.truncateToCommitted()
    this.log.isHeld = false
    this.log.release()
    return this.load()
  }
}
