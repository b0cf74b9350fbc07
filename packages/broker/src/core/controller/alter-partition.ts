import { ErrorCode } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type { AlterPartitionRequest, AlterPartitionResponse } from '@odradek/kafka-protocol/messages/56-alter-partition'
import { sameReplicas } from '../topics/replica-assignment.ts'
import type { ControllerContext } from './controller-context.ts'
import type { ControlledPartition, Leadership } from './controller-state.ts'
import { writePartitionStates } from './partition-states.ts'
import type { Steps } from './znode-operation.ts'

type TopicAnswer = NonNullable<Input<AlterPartitionResponse>['topics']>[number]
type PartitionAnswer = NonNullable<TopicAnswer['partitions']>[number]
type PartitionRequest = AlterPartitionRequest['topics'][number]['partitions'][number]

/** What a leader wants, or why it cannot have it; `current` when it has it already. */
function judge(
  context: ControllerContext,
  brokerId: number,
  version: number,
  { assignment }: ControlledPartition,
  current: Leadership,
  wanted: PartitionRequest,
): Leadership | number {
  const isr = version >= 3 ? wanted.newIsrWithEpochs.map((replica) => replica.brokerId) : [...wanted.newIsr]
  const wantsRecovering = wanted.leaderRecoveryState === 1
  if (wanted.partitionEpoch > current.partitionEpoch || wanted.leaderEpoch > current.leaderEpoch) {
    return ErrorCode.NOT_CONTROLLER
  }
  if (wanted.leaderEpoch < current.leaderEpoch) return ErrorCode.FENCED_LEADER_EPOCH
  const isDone =
    current.leader === brokerId && sameReplicas(current.isr, isr) && current.isRecovering === wantsRecovering
  if (isDone) return current
  if (wanted.partitionEpoch < current.partitionEpoch) return ErrorCode.INVALID_UPDATE_VERSION
  if (wantsRecovering && (isr.length > 1 || !current.isRecovering)) return ErrorCode.INVALID_REQUEST
  // The leader may not know yet that a replica has gone, or is none any more.
  if (isr.some((replica) => !context.state.isLive(replica) || !assignment.replicas.includes(replica))) {
    return ErrorCode.INELIGIBLE_REPLICA
  }
  return { ...current, leader: brokerId, isr, isRecovering: wantsRecovering, controllerEpoch: context.epoch }
}

function answer(partition: number, outcome: Leadership | number): PartitionAnswer {
  if (typeof outcome === 'number') return { partitionIndex: partition, errorCode: outcome }
  return {
    partitionIndex: partition,
    leaderId: outcome.leader,
    leaderEpoch: outcome.leaderEpoch,
    isr: [...outcome.isr],
    leaderRecoveryState: outcome.isRecovering ? 1 : 0,
    partitionEpoch: outcome.partitionEpoch,
  }
}

/** What the leader is told, and the partitions that have what it wants. */
export interface AlteredPartitions {
  readonly response: Input<AlterPartitionResponse>
  readonly altered: readonly ControlledPartition[]
}

/** A leader wants to change the in-sync replicas of partitions (KIP-497): written by compare-and-set, then told to all brokers. */
export function* alterPartitions(
  context: ControllerContext,
  request: AlterPartitionRequest,
  version: number,
): Steps<AlteredPartitions> {
  const { state, batch } = context
  const broker = state.liveBrokers.get(request.brokerId)
  if (broker === undefined || broker.epoch !== request.brokerEpoch) {
    return { response: { errorCode: ErrorCode.STALE_BROKER_EPOCH }, altered: [] }
  }
  const outcomes = new Map<ControlledPartition, Leadership | number>()
  const wanted = new Map<ControlledPartition, Leadership>()
  for (const { topicId, partitions } of request.topics) {
    const name = state.topicNamesById.get(topicId)
    for (const item of partitions) {
      const partition = name === undefined ? undefined : state.partition(name, item.partitionIndex)
      if (partition?.leadership === undefined) continue
      const verdict = judge(context, request.brokerId, version, partition, partition.leadership, item)
      outcomes.set(partition, verdict)
      if (typeof verdict !== 'number' && verdict !== partition.leadership) wanted.set(partition, verdict)
    }
  }
  const { written, conflicting } = yield* writePartitionStates(context, wanted)
  for (const partition of wanted.keys()) outcomes.set(partition, ErrorCode.UNKNOWN_SERVER_ERROR)
  for (const partition of conflicting) outcomes.set(partition, ErrorCode.INVALID_UPDATE_VERSION)
  for (const partition of written) if (partition.leadership) outcomes.set(partition, partition.leadership)
  batch.addUpdateMetadata(state.liveBrokers.keys(), outcomes.keys())
  batch.flush()
  const topics = request.topics.map(({ topicId, partitions }): TopicAnswer => {
    const name = state.topicNamesById.get(topicId)
    const unknown = name === undefined ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    return {
      topicId,
      partitions: partitions.map(({ partitionIndex }) => {
        const partition = name === undefined ? undefined : state.partition(name, partitionIndex)
        return answer(partitionIndex, (partition && outcomes.get(partition)) ?? unknown)
      }),
    }
  })
  const altered = [...outcomes].filter(([, outcome]) => typeof outcome !== 'number')
  return { response: { topics }, altered: altered.map(([partition]) => partition) }
}
