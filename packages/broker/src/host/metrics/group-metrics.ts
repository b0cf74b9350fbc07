import type { Counter, LabelValues, MetricsRegistry } from '@odradek/base'
import { ErrorCode } from '@odradek/kafka-protocol'
import type { GroupListing, GroupShard } from '../../core/group/group-shard.ts'
import { metricName } from './metric-name.ts'

/** Classic groups by state, as Kafka has always shown them. */
const classicStates = [
  ['NumGroupsEmpty', 'Empty', 'Groups without members.'],
  ['NumGroupsPreparingRebalance', 'PreparingRebalance', 'Groups whose members join.'],
  ['NumGroupsCompletingRebalance', 'CompletingRebalance', 'Groups that wait for an assignment.'],
  ['NumGroupsStable', 'Stable', 'Groups whose members work.'],
] as const
const consumerStates = ['Empty', 'Assigning', 'Reconciling', 'Stable'] as const

/** Metrics of groups and their offsets (Kafka: GroupMetadataManager, and group-coordinator-metrics of its new coordinator). */
export class GroupMetrics {
  readonly #commits: Counter
  readonly #deletions: Counter

  constructor(metrics: MetricsRegistry, shards: () => readonly GroupShard[]) {
    const ofManager = (name: string): string => metricName('kafka.coordinator.group', 'GroupMetadataManager', name)
    const ofCoordinator = (name: string): string => metricName('kafka.server', 'group-coordinator-metrics', name)
    const sum = (count: (shard: GroupShard) => number): number =>
      shards().reduce((total, shard) => total + count(shard), 0)
    const groups = (isCounted: (listing: GroupListing) => boolean): number =>
      sum((shard) => shard.list().filter(isCounted).length)
    metrics.observe(ofManager('NumGroups'), 'Groups that this broker coordinates.', () => groups(() => true))
    metrics.observe(ofManager('NumOffsets'), 'Offsets that they have committed.', () =>
      sum((shard) => shard.offsetCount),
    )
    for (const [name, state, help] of classicStates) {
      metrics.observe(ofManager(name), help, () =>
        groups(({ groupState, groupType }) => groupState === state && groupType === 'classic'),
      )
    }
    metrics.collect(
      ofCoordinator('group-count'),
      'gauge',
      'Groups that this broker coordinates, by their protocol.',
      (): readonly (readonly [LabelValues, number])[] =>
        ['classic', 'consumer'].map((protocol) => [{ protocol }, groups(({ groupType }) => groupType === protocol)]),
    )
    metrics.collect(
      ofCoordinator('consumer-group-count'),
      'gauge',
      'Groups of the consumer protocol, by state.',
      (): readonly (readonly [LabelValues, number])[] =>
        consumerStates.map((state) => [
          { state: state.toLowerCase() },
          groups(({ groupState, groupType }) => groupState === state && groupType === 'consumer'),
        ]),
    )
    this.#commits = metrics.counter(ofCoordinator('offset-commit-count'), 'Offsets that were committed.')
    this.#deletions = metrics.counter(ofCoordinator('offset-deletion-count'), 'Offsets that were deleted on request.')
  }

  committed(codes: readonly number[]): void {
    for (const code of codes) if (code === ErrorCode.NONE) this.#commits.add()
  }

  deleted(codes: readonly number[]): void {
    for (const code of codes) if (code === ErrorCode.NONE) this.#deletions.add()
  }
}
