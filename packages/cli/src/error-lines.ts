import type { OdradekError } from '@odradek/base'
import { BatchError, KafkaError } from '@odradek/client'

/** What the user can do about an error whose own words name only the cause. */
const nextSteps: Readonly<Record<string, string>> = {
  UNSUPPORTED_VERSION: 'so the brokers of this cluster cannot do this',
  SECURITY_DISABLED: 'the broker has no authorizer: set authorizer.class.name in its configuration',
  CLUSTER_AUTHORIZATION_FAILED: 'log in as a user that may, with -X sasl.jaas.config=… or a context',
  TOPIC_AUTHORIZATION_FAILED: 'log in as a user that may, or have `odradek acl create` allow it',
  GROUP_AUTHORIZATION_FAILED: 'log in as a user that may, or have `odradek acl create` allow it',
  NON_EMPTY_GROUP: 'stop its members first: `odradek group describe` names them',
  UNKNOWN_TOPIC_OR_PARTITION: '`odradek topic list` names the topics that there are',
}

/** One line, or one for each of the things that could not be done: cause, Kafka's name of the error, next step. */
export function errorLines(error: OdradekError): string[] {
  if (!(error instanceof BatchError)) return [errorLine(error)]
  return [...error.errors].map(([key, failure]) => `${key}: ${errorLine(failure, true)}`)
}

function errorLine(error: OdradekError, named = error instanceof KafkaError): string {
  const nextStep = nextSteps[error.code]
  return `${error.message}${named ? ` (${error.code})` : ''}${nextStep === undefined ? '' : `; ${nextStep}`}`
}
