import {
  encodePartitionState,
  partitionPath,
  partitionsPath,
  partitionStatePath,
} from '../../znodes/partition-state.ts'
import type { ControllerContext } from './controller-context.ts'
import type { ControlledPartition, Leadership } from './controller-state.ts'
import { partitionName } from './controller-state.ts'
import type { Steps, ZnodeResult, ZnodeWrite } from './znode-operation.ts'

function* create(
  context: ControllerContext,
  nodes: readonly { readonly path: string; readonly data: Buffer | null }[],
): Steps<readonly ZnodeResult[]> {
  return yield* context.write(nodes.map(({ path, data }): ZnodeWrite => ({ op: 'create', path, data })))
}

/**
 * Begins partitions: the first replica that is there leads, all that are there are in sync. A partition none of whose replicas is there
 * stays without state until one comes. Gathers LeaderAndIsr with isNew and UpdateMetadata.
 */
export function* createPartitionStates(
  context: ControllerContext,
  partitions: readonly ControlledPartition[],
): Steps<void> {
  const initial = new Map<ControlledPartition, Leadership>()
  for (const partition of partitions) {
    const [leader, ...others] = context.state.onlineReplicas(partition)
    if (leader === undefined) {
      context.log('warn', `No replica of the new partition ${partitionName(partition)} is there; it waits for one.`)
      continue
    }
    initial.set(partition, {
      leader,
      leaderEpoch: 0,
      isr: [leader, ...others],
      isRecovering: false,
      controllerEpoch: context.epoch,
      partitionEpoch: 0,
    })
  }
  if (initial.size === 0) return
  const topics = new Set([...initial.keys()].map(({ topic }) => topic))
  yield* create(
    context,
    [...topics].map((topic) => ({ path: partitionsPath(topic), data: null })),
  )
  const entries = [...initial]
  yield* create(
    context,
    entries.map(([{ topic, partition }]) => ({ path: partitionPath(topic, partition), data: null })),
  )
  const results = yield* create(
    context,
    entries.map(([{ topic, partition }, state]) => ({
      path: partitionStatePath(topic, partition),
      data: encodePartitionState(state),
    })),
  )
  for (const [index, [partition, state]] of entries.entries()) {
    const error = results[index]?.error
    if (error === undefined) {
      partition.leadership = state
      context.batch.addLeaderAndIsr(state.isr, partition, true)
    } else {
      context.log('error', `ZooKeeper answered ${error} to the first state of ${partitionName(partition)}.`)
    }
  }
}
