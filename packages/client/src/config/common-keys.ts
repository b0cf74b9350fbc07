import { key } from './config-key.ts'
import type { ConfigOf } from './config-key.ts'
import type { RequestLog } from '../request-log.ts'
import type { OpenTelemetryLike } from '../tracing/open-telemetry.ts'
import { securityKeys } from './security-keys.ts'

/** What producer, consumer and admin have in common; names, defaults and meaning are those of Kafka 4.3's clients. */
export const commonKeys = {
  'bootstrap.servers': key.list(
    [],
    'Addresses, host:port, of some brokers of the cluster. One that answers is enough; the others are found from there.',
  ),
  'client.id': key.string('', 'A name for this client, which brokers show in their logs, metrics and quotas.'),
  'client.rack': key.string(
    '',
    'Where this client runs, as in the broker.rack of the brokers; lets a consumer read from a replica nearby.',
  ),
  'request.timeout.ms': key.int(
    30_000,
    'How long an answer may take. Then the connection is given up and the request tried again, if it may be.',
    { atLeast: 1 },
  ),
  'retry.backoff.ms': key.long(
    100,
    'The pause before a failed request is tried again. Each time twice as long, with jitter, up to retry.backoff.max.ms.',
    { atLeast: 0 },
  ),
  'retry.backoff.max.ms': key.long(1000, 'The longest pause before a failed request is tried again.', { atLeast: 0 }),
  'reconnect.backoff.ms': key.long(
    50,
    'The pause before connecting again to a broker that could not be reached. Each time twice as long, with jitter.',
    { atLeast: 0 },
  ),
  'reconnect.backoff.max.ms': key.long(1000, 'The longest pause before connecting again to a broker.', { atLeast: 0 }),
  'socket.connection.setup.timeout.ms': key.long(10_000, 'How long opening a connection may take.', { atLeast: 1 }),
  'connections.max.idle.ms': key.long(540_000, 'A connection that was not used for this long is closed; -1: never.', {
    atLeast: -1,
  }),
  'metadata.max.age.ms': key.long(
    300_000,
    'Metadata is asked for anew after this long, even when nothing says that it has changed.',
    { atLeast: 0 },
  ),
  'metadata.recovery.strategy': key.oneOf(
    ['rebootstrap', 'none'],
    'rebootstrap',
    'What to do when none of the known brokers can be reached: begin with bootstrap.servers again (KIP-899), or go on trying.',
  ),
  'metadata.recovery.rebootstrap.trigger.ms': key.long(
    300_000,
    'Begin with bootstrap.servers again when metadata could not be had for this long (KIP-1102).',
    { atLeast: 0 },
  ),
  'request.log': key.code<RequestLog | undefined>(
    undefined,
    'A function that gets every request and answer, without secrets and without the bytes of records. Not a name of Kafka.',
  ),
  opentelemetry: key.code<OpenTelemetryLike | undefined>(
    undefined,
    'The module @opentelemetry/api: spans for what is sent and processed, whose context travels in headers. Not a name of Kafka.',
  ),
  'enable.metrics.push': key.boolean(
    true,
    'Push the metrics of this client to the cluster, as far as that asks for them (KIP-714).',
  ),
  ...securityKeys,
}

/** The typed values of what all clients have in common. */
export type CommonConfig = ConfigOf<typeof commonKeys>
