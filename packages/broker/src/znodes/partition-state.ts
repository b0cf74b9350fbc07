import { topicPath } from './topic.ts'
import { encodeJson, ZnodeJson } from './znode-json.ts'

/** Who leads a partition. The version of the znode is the partition's epoch. */
export interface PartitionStateZnode {
  /** -1: nobody. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  readonly controllerEpoch: number
  /** True after an unclean election, until the leader has recovered. */
  readonly isRecovering: boolean
}

export function partitionsPath(topic: string): string {
  return `${topicPath(topic)}/partitions`
}

export function partitionPath(topic: string, partition: number): string {
  return `${partitionsPath(topic)}/${partition}`
}

export function partitionStatePath(topic: string, partition: number): string {
  return `${partitionPath(topic, partition)}/state`
}

export function encodePartitionState(state: PartitionStateZnode): Buffer {
  return encodeJson({
    controller_epoch: state.controllerEpoch,
    leader: state.leader,
    version: 1,
    leader_epoch: state.leaderEpoch,
    isr: state.isr,
    ...(state.isRecovering ? { leader_recovery_state: 1 } : {}),
  })
}

export function decodePartitionState(topic: string, partition: number, data: Buffer | null): PartitionStateZnode {
  const json = ZnodeJson.parse(partitionStatePath(topic, partition), data)
  return {
    leader: json.integer('leader'),
    leaderEpoch: json.integer('leader_epoch'),
    isr: json.integers('isr'),
    controllerEpoch: json.integer('controller_epoch'),
    isRecovering: json.integer('leader_recovery_state', 0) === 1,
  }
}
