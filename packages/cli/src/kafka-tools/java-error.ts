import { BatchError, ClientError, KafkaError } from '@odradek/client'

/** Names of Java's exceptions that do not follow from the name of the error. */
const others: Readonly<Record<string, string>> = {
  TOPIC_ALREADY_EXISTS: 'TopicExistsException',
  INVALID_TOPIC_EXCEPTION: 'InvalidTopicException',
  GROUP_SUBSCRIBED_TO_TOPIC: 'GroupSubscribedToTopicException',
  NON_EMPTY_GROUP: 'GroupNotEmptyException',
  INVALID_CONFIG: 'InvalidConfigurationException',
  REQUEST_TIMED_OUT: 'TimeoutException',
  RESOURCE_NOT_FOUND: 'ResourceNotFoundException',
}

const clientErrors: Readonly<Record<string, string>> = {
  TIMED_OUT: 'TimeoutException',
  UNSUPPORTED_VERSION: 'UnsupportedVersionException',
}

/** The exception that Java's client has for an error; `KafkaException` for one that it has none for. */
export function javaErrorName(error: Error): string {
  if (error instanceof BatchError && error.cause instanceof Error) return javaErrorName(error.cause)
  if (error instanceof ClientError && clientErrors[error.code] !== undefined)
    return `org.apache.kafka.common.errors.${clientErrors[error.code]}`
  if (!(error instanceof KafkaError)) return 'org.apache.kafka.common.KafkaException'
  const words = error.code.toLowerCase().split('_')
  const mechanical = `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Exception`
  return `org.apache.kafka.common.errors.${others[error.code] ?? mechanical}`
}

/** An error as Kafka's tools print it, with the name of the exception that Java's client has for it. */
export function javaError(error: Error): string {
  if (error instanceof BatchError && error.cause instanceof Error) return javaError(error.cause)
  const isKnown =
    error instanceof KafkaError || (error instanceof ClientError && Object.hasOwn(clientErrors, error.code))
  return isKnown ? `${javaErrorName(error)}: ${messageOf(error)}` : error.message
}

/** What Java's client says of an API that the broker does not have names it as the protocol does. */
function messageOf(error: Error): string {
  const api = error instanceof ClientError ? /knows none of (\w+)Request/.exec(error.message)?.[1] : undefined
  if (api === undefined) return error.message
  return `The node does not support ${api.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}`
}

/** As Java's tools print what a call of the admin client fails with, but for the places in Java's code. */
export function executionError(error: Error): string {
  const said = javaError(error)
  return `java.util.concurrent.ExecutionException: ${said}\nCaused by: ${said}`
}

/** A number as Java prints a double: `2.0`, `9.0E7`. */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${value}.0` : String(value)
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}
