import { decodePartitionState, encodePartitionState, partitionStatePath } from '../../znodes/partition-state.ts'
import { ZnodeError } from '../../znodes/znode-error.ts'
import type { ControllerContext } from './controller-context.ts'
import type { ControlledPartition, Leadership } from './controller-state.ts'
import { partitionName } from './controller-state.ts'
import type { Steps } from './znode-operation.ts'
import { askAll, expect } from './znode-operation.ts'

/** Reads the state znodes of the partitions; those without one, or with one that cannot be read, are left out. */
export function* readPartitionStates(
  context: ControllerContext,
  partitions: readonly ControlledPartition[],
): Steps<Map<ControlledPartition, Leadership>> {
  const operations = partitions.map(
    ({ topic, partition }) => ({ op: 'getData', path: partitionStatePath(topic, partition) }) as const,
  )
  const results = yield* askAll(operations)
  const states = new Map<ControlledPartition, Leadership>()
  for (const [index, partition] of partitions.entries()) {
    const operation = operations[index]
    const result = results[index]
    if (operation === undefined || result === undefined) continue
    if (expect(operation, result, 'NO_NODE').error !== undefined) continue
    try {
      const znode = decodePartitionState(partition.topic, partition.partition, result.data)
      states.set(partition, { ...znode, partitionEpoch: result.version })
    } catch (error) {
      if (!(error instanceof ZnodeError)) throw error
      context.log('error', error.message)
    }
  }
  return states
}

/** What came of a write of states: those that were written (and are in memory now), and those whose znode had changed meanwhile. */
export interface StateWriteOutcome {
  readonly written: readonly ControlledPartition[]
  readonly conflicting: readonly ControlledPartition[]
}

/** Writes states by compare-and-set on the partition epoch, and takes them into memory. */
export function* writePartitionStates(
  context: ControllerContext,
  states: ReadonlyMap<ControlledPartition, Leadership>,
): Steps<StateWriteOutcome> {
  const entries = [...states]
  const results = yield* context.write(
    entries.map(([{ topic, partition }, state]) => ({
      op: 'setData',
      path: partitionStatePath(topic, partition),
      data: encodePartitionState(state),
      version: state.partitionEpoch,
    })),
  )
  const written: ControlledPartition[] = []
  const conflicting: ControlledPartition[] = []
  for (const [index, [partition, state]] of entries.entries()) {
    const result = results[index]
    if (result?.error === undefined && result !== undefined) {
      partition.leadership = { ...state, partitionEpoch: result.version }
      written.push(partition)
    } else if (result?.error === 'BAD_VERSION') {
      conflicting.push(partition)
    } else {
      context.log('error', `ZooKeeper answered ${result?.error} to the state of ${partitionName(partition)}.`)
    }
  }
  return { written, conflicting }
}

/** A write that conflicts is tried again from what the znode holds; nobody but brokers before 2.7 writes it beside us. */
export const STATE_WRITE_ATTEMPTS_MAX = 10

/**
 * Changes states from what the znodes hold; `change` says what a state becomes, or undefined for one that stays. All that was read is in memory
 * then. Returns the partitions whose state was changed.
 */
export function* changePartitionStates(
  context: ControllerContext,
  partitions: readonly ControlledPartition[],
  change: (state: Leadership) => Pick<Leadership, 'leader' | 'isr'> | undefined,
): Steps<ControlledPartition[]> {
  const changed: ControlledPartition[] = []
  let remaining = partitions
  for (let attempt = 0; remaining.length > 0 && attempt < STATE_WRITE_ATTEMPTS_MAX; attempt++) {
    const next = new Map<ControlledPartition, Leadership>()
    for (const [partition, state] of yield* readPartitionStates(context, remaining)) {
      const wanted = change(state)
      if (wanted === undefined) partition.leadership = state
      else {
        next.set(partition, {
          ...state,
          ...wanted,
          leaderEpoch: state.leaderEpoch + 1,
          controllerEpoch: context.epoch,
        })
      }
    }
    const { written, conflicting } = yield* writePartitionStates(context, next)
    changed.push(...written)
    remaining = conflicting
  }
  return changed
}
