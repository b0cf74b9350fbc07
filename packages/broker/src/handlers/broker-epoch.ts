import { KafkaError } from '@odradek/kafka-protocol'
import type { RequestContext } from './request-context.ts'

/** In requests that are older than broker epochs. */
const unknownBrokerEpoch = -1n

/**
 * Throws STALE_BROKER_EPOCH when the controller speaks to an earlier life of this broker (KIP-380).
 * An epoch above its own is of a registration that this broker has not heard the end of yet.
 */
export function ensureCurrentBroker({ brokerEpoch }: { brokerEpoch: bigint }, { broker }: RequestContext): void {
  if (brokerEpoch === unknownBrokerEpoch || brokerEpoch >= broker.brokerEpoch()) return
  throw new KafkaError('STALE_BROKER_EPOCH', `epoch ${brokerEpoch} is older than this broker's ${broker.brokerEpoch()}`)
}
