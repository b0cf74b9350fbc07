import { KafkaError } from '@odradek/kafka-protocol'

/** What a configuration belongs to, in Kafka's numbers. */
export const ConfigResourceType = { TOPIC: 2, BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16, GROUP: 32 } as const

/**
 * The broker that a resource of type BROKER names, or undefined for all brokers (an empty name).
 * Throws INVALID_REQUEST for another broker than this one.
 */
export function brokerIdOfResource(resourceName: string, thisBrokerId: number): number | undefined {
  if (resourceName === '') return undefined
  if (!isInteger(resourceName)) {
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

/** Whether a name is that of one broker, for a change; in other words than where it is only shown, as Kafka has it. */
export function isOfThisBroker(resourceName: string, thisBrokerId: number): boolean {
  if (resourceName === '') return false
  if (!isInteger(resourceName)) {
    throw new KafkaError('INVALID_REQUEST', `Node id must be an integer, but it is: ${resourceName}`)
  }
  if (Number(resourceName) !== thisBrokerId) {
    throw new KafkaError(
      'INVALID_REQUEST',
      `Unexpected broker id, expected ${thisBrokerId}, but received ${resourceName}`,
    )
  }
  return true
}

/** The loggers of this broker must be meant. Throws INVALID_REQUEST. */
export function ensureLoggersOf(resourceName: string, thisBrokerId: number): void {
  if (resourceName === '') throw new KafkaError('INVALID_REQUEST', 'Broker id must not be empty')
  if (!isInteger(resourceName)) {
    throw new KafkaError('INVALID_REQUEST', `Broker id must be an integer, but it is: ${resourceName}`)
  }
  if (Number(resourceName) !== thisBrokerId) {
    throw new KafkaError(
      'INVALID_REQUEST',
      `Unexpected broker id, expected ${thisBrokerId} but received ${resourceName}`,
    )
  }
}

function isInteger(text: string): boolean {
  return /^[+-]?\d{1,10}$/.test(text)
}
