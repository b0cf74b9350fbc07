import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type {
  InitProducerIdRequest,
  InitProducerIdResponse,
} from '@odradek/kafka-protocol/messages/22-init-producer-id'
import { initProducerIdRequest, initProducerIdResponse } from '@odradek/kafka-protocol/messages/22-init-producer-id'
import type { ApiHandler } from './api-handler.ts'

const noProducerId = -1n
const noProducerEpoch = -1

/**
 * Versions: 2 flexible; 3 the producer's id and epoch, to go on after an error (KIP-360); 4, 5 other errors for transactions.
 *
 * Idempotent producers get an id of their own. There is no transaction coordinator in this broker yet: with a transactional id the answer is
 * COORDINATOR_NOT_AVAILABLE, which is what a broker says whose coordinator does not run.
 */
export const initProducerIdHandler: ApiHandler<InitProducerIdRequest, InitProducerIdResponse> = {
  request: initProducerIdRequest,
  response: initProducerIdResponse,
  minVersion: 0,
  maxVersion: 5,

  async handle({ transactionalId, producerId, producerEpoch }, { broker }) {
    if ((producerId === noProducerId) !== (producerEpoch === noProducerEpoch)) {
      throw new KafkaError('INVALID_REQUEST', 'a producer id and its epoch come together or not at all')
    }
    if (transactionalId === '') throw new KafkaError('INVALID_REQUEST', 'an empty transactional id')
    if (transactionalId !== null) throw new KafkaError('COORDINATOR_NOT_AVAILABLE')
    return { errorCode: ErrorCode.NONE, producerId: await broker.producerIds.next(), producerEpoch: 0 }
  },

  errorResponse: (_request, error) => ({
    errorCode: error.errorCode,
    producerId: noProducerId,
    producerEpoch: noProducerEpoch,
  }),
}
