import { key } from '../config-key.ts'

const INT_MAX = '2147483647'

/** Keys of listeners, connections and requests. */
export const networkKeys = {
  listeners: key.string(
    'listeners',
    'PLAINTEXT://:9092',
    'Where the broker listens: a comma-separated list of NAME://host:port. An empty host binds the default interface, 0.0.0.0 binds all, port 0 takes a free one.',
    { importance: 'high', scope: 'per-broker' },
  ),
  advertisedListeners: key.string(
    'advertised.listeners',
    null,
    'The addresses that clients and other brokers are told to connect to, if they differ from listeners. 0.0.0.0 cannot be advertised.',
    { importance: 'high', scope: 'per-broker' },
  ),
  listenerSecurityProtocolMap: key.string(
    'listener.security.protocol.map',
    'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
    'Which security protocol each listener name speaks: NAME:PROTOCOL, separated by commas.',
    { importance: 'low', scope: 'per-broker' },
  ),
  interBrokerListenerName: key.string(
    'inter.broker.listener.name',
    null,
    'The listener over which brokers and the controller talk to each other. Without it, the one of security.inter.broker.protocol. Only one of the two may be set.',
  ),
  securityInterBrokerProtocol: key.string(
    'security.inter.broker.protocol',
    'PLAINTEXT',
    'The security protocol between brokers, where inter.broker.listener.name is not set.',
    { oneOf: ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] },
  ),
  controlPlaneListenerName: key.string(
    'control.plane.listener.name',
    null,
    'A listener of its own for what the controller sends. Without it, the inter-broker listener serves.',
    { importance: 'high' },
  ),
  socketSendBufferBytes: key.int(
    'socket.send.buffer.bytes',
    '102400',
    'Size of a connection’s send buffer in the operating system. This broker leaves it to the system, as -1 does.',
    { importance: 'high', effect: 'accepted' },
  ),
  socketReceiveBufferBytes: key.int(
    'socket.receive.buffer.bytes',
    '102400',
    'Size of a connection’s receive buffer in the operating system. This broker leaves it to the system, as -1 does.',
    { importance: 'high', effect: 'accepted' },
  ),
  socketRequestMaxBytes: key.int(
    'socket.request.max.bytes',
    '104857600',
    'The largest request, in bytes. A connection that announces a larger one is closed.',
    { atLeast: 1, importance: 'high' },
  ),
  socketListenBacklogSize: key.int(
    'socket.listen.backlog.size',
    '50',
    'How many connections may wait, unread, when as many are open as max.connections allows; those that come then are closed.',
    { atLeast: 1 },
  ),
  maxConnectionsPerIp: key.int('max.connections.per.ip', INT_MAX, 'The most connections from one address.', {
    atLeast: 0,
    scope: 'cluster-wide',
  }),
  maxConnectionsPerIpOverrides: key.string(
    'max.connections.per.ip.overrides',
    '',
    'Exceptions to max.connections.per.ip: address:count, separated by commas.',
    { scope: 'cluster-wide' },
  ),
  maxConnections: key.int('max.connections', INT_MAX, 'The most connections of this broker at a time.', {
    atLeast: 0,
    scope: 'cluster-wide',
  }),
  maxConnectionCreationRate: key.int(
    'max.connection.creation.rate',
    INT_MAX,
    'The most new connections of this broker per second.',
    { atLeast: 0, scope: 'cluster-wide' },
  ),
  connectionsMaxIdleMs: key.long(
    'connections.max.idle.ms',
    '600000',
    'A connection without requests for this long is closed.',
  ),
  connectionFailedAuthenticationDelayMs: key.int(
    'connection.failed.authentication.delay.ms',
    '100',
    'How long a connection stays open after it failed to authenticate, to slow guesses down. Less than connections.max.idle.ms.',
    { atLeast: 0, importance: 'low' },
  ),
  queuedMaxRequests: key.int(
    'queued.max.requests',
    '500',
    'How many requests may wait before connections are no longer read. This broker handles a request as it arrives and has no such queue.',
    { atLeast: 1, importance: 'high', effect: 'accepted' },
  ),
  queuedMaxRequestBytes: key.long(
    'queued.max.request.bytes',
    '-1',
    'How many bytes of requests, whole ones and those that are coming, may be held before connections are no longer read; -1 for 1 GiB.',
  ),
  numNetworkThreads: key.int(
    'num.network.threads',
    '3',
    'Threads for sockets in Apache Kafka. This broker runs one event loop; the value is accepted and shown.',
    { atLeast: 1, importance: 'high', scope: 'cluster-wide', effect: 'accepted' },
  ),
  numIoThreads: key.int(
    'num.io.threads',
    '8',
    'Threads for requests in Apache Kafka. This broker runs one event loop; the value is accepted and shown.',
    { atLeast: 1, importance: 'high', scope: 'cluster-wide', effect: 'accepted' },
  ),
  backgroundThreads: key.int(
    'background.threads',
    '10',
    'Threads for background work in Apache Kafka. This broker runs one event loop; the value is accepted and shown.',
    { atLeast: 1, importance: 'high', scope: 'cluster-wide', effect: 'accepted' },
  ),
  requestTimeoutMs: key.int(
    'request.timeout.ms',
    '30000',
    'How long the broker, as a client of other brokers, waits for an answer.',
    { importance: 'high' },
  ),
  socketConnectionSetupTimeoutMs: key.long(
    'socket.connection.setup.timeout.ms',
    '10000',
    'How long a connection to another broker may take to come up.',
    { effect: 'accepted' },
  ),
  socketConnectionSetupTimeoutMaxMs: key.long(
    'socket.connection.setup.timeout.max.ms',
    '30000',
    'The most that socket.connection.setup.timeout.ms grows to when connecting keeps failing.',
    { effect: 'accepted' },
  ),
}
