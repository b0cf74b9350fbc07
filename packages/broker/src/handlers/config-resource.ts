import { KafkaError } from '@odradek/kafka-protocol'

/** What a configuration belongs to, in Kafka's numbers. */
export const ConfigResourceType = { TOPIC: 2, BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16, GROUP: 32 } as const

/**
 * The broker that a resource of type BROKER names, or undefined for all brokers (an empty name).
 * Throws INVALID_REQUEST for another broker than this one.
 */
export function brokerIdOfResource(resourceName: string, thisBrokerId: number): number | undefined {
  if (resourceName === '') return undefined
  if (!/^-?\d{1,10}$/.test(resourceName)) {
    throw new KafkaError('INVALID_REQUEST', `Broker id must be an integer, but it is: ${resourceName}`)
  }
  if (Number(resourceName) !== thisBrokerId) {
    throw new KafkaError(
      'INVALID_REQUEST',
      `Unexpected broker id, expected ${thisBrokerId} or empty string, but received ${resourceName}`,
    )
  }
  return thisBrokerId
}
