import { BatchError, KafkaError } from '@odradek/client'

/** Names of Java's exceptions that do not follow from the name of the error. */
const others: Readonly<Record<string, string>> = {
  TOPIC_ALREADY_EXISTS: 'TopicExistsException',
  INVALID_TOPIC_EXCEPTION: 'InvalidTopicException',
  GROUP_SUBSCRIBED_TO_TOPIC: 'GroupSubscribedToTopicException',
  NON_EMPTY_GROUP: 'GroupNotEmptyException',
}

/** An error as Kafka's tools print it, with the name of the exception that Java's client has for it. */
export function javaError(error: Error): string {
  if (error instanceof BatchError && error.cause instanceof Error) return javaError(error.cause)
  if (!(error instanceof KafkaError)) return error.message
  const words = error.code.toLowerCase().split('_')
  const mechanical = `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Exception`
  return `org.apache.kafka.common.errors.${others[error.code] ?? mechanical}: ${error.message}`
}
