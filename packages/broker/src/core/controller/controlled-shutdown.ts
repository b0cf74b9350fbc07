import { ErrorCode } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type {
  ControlledShutdownRequest,
  ControlledShutdownResponse,
} from '@odradek/kafka-protocol/messages/07-controlled-shutdown'
import type { ControllerContext } from './controller-context.ts'
import { changeLeaders } from './leadership-change.ts'
import { takeReplicasOffline } from './replica-changes.ts'
import type { Steps } from './znode-operation.ts'

/**
 * A broker wants to stop: its leaderships go to other in-sync replicas, its replicas out of the in-sync sets. What it still leads
 * (of partitions with more than one replica) is the answer; a partition without other replicas cannot be helped.
 */
export function* shutDownBroker(
  context: ControllerContext,
  { brokerId, brokerEpoch }: ControlledShutdownRequest,
  version: number,
): Steps<Input<ControlledShutdownResponse>> {
  const { state, batch } = context
  const broker = state.liveBrokers.get(brokerId)
  if (broker === undefined) return { errorCode: ErrorCode.BROKER_NOT_AVAILABLE, remainingPartitions: [] }
  if (version >= 2 && brokerEpoch !== -1n && brokerEpoch < broker.epoch) {
    return { errorCode: ErrorCode.STALE_BROKER_EPOCH, remainingPartitions: [] }
  }
  context.log('info', `Broker ${brokerId} is stopping; its leaderships are moved.`)
  state.shuttingDown.add(brokerId)
  const partitions = [...state.partitionsOn(brokerId)].filter(
    ({ topic, assignment, leadership }) =>
      leadership !== undefined && assignment.replicas.length > 1 && !state.isDeleting(topic),
  )
  const isLed = (partition: (typeof partitions)[number]): boolean => partition.leadership?.leader === brokerId
  const [led, followed] = [partitions.filter(isLed), partitions.filter((partition) => !isLed(partition))]
  yield* changeLeaders(context, led, 'controlled-shutdown')
  batch.flush()
  for (const partition of followed) batch.addStopReplica([brokerId], partition, false)
  batch.flush()
  yield* takeReplicasOffline(context, brokerId, followed)
  batch.flush()
  return {
    errorCode: ErrorCode.NONE,
    remainingPartitions: partitions
      .filter(isLed)
      .map(({ topic, partition }) => ({ topicName: topic, partitionIndex: partition })),
  }
}
