import { ErrorCode } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
} from '@odradek/kafka-protocol/messages/67-allocate-producer-ids'
import { decodeProducerIdBlock, encodeProducerIdBlock, producerIdBlockPath } from '../../znodes/producer-id-block.ts'
import type { ControllerContext } from './controller-context.ts'
import type { Steps } from './znode-operation.ts'
import { ask, expect } from './znode-operation.ts'

const BLOCK_SIZE = 1000n
const ATTEMPTS_MAX = 10

/** Hands a broker the next thousand producer ids: a compare-and-set on the znode of the newest block. */
export function* allocateProducerIds(
  context: ControllerContext,
  { brokerId, brokerEpoch }: AllocateProducerIdsRequest,
): Steps<Input<AllocateProducerIdsResponse>> {
  const broker = context.state.liveBrokers.get(brokerId)
  if (broker === undefined) return { errorCode: ErrorCode.BROKER_ID_NOT_REGISTERED }
  if (broker.epoch !== brokerEpoch) return { errorCode: ErrorCode.STALE_BROKER_EPOCH }
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const read = { op: 'getData', path: producerIdBlockPath } as const
    const { data, version } = expect(read, yield* ask(read))
    const firstId = (decodeProducerIdBlock(data)?.lastId ?? -1n) + 1n
    const block = { brokerId, firstId, lastId: firstId + BLOCK_SIZE - 1n }
    const write = { op: 'setData', path: producerIdBlockPath, data: encodeProducerIdBlock(block), version } as const
    const { error } = expect(write, yield* ask(write), 'BAD_VERSION')
    if (error === undefined) return { producerIdStart: firstId, producerIdLen: Number(BLOCK_SIZE) }
  }
  return { errorCode: ErrorCode.UNKNOWN_SERVER_ERROR }
}
