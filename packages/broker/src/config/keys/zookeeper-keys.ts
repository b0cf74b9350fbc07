import { key } from '../config-key.ts'

/** Keys of the broker's connection to ZooKeeper. */
export const zookeeperKeys = {
  zookeeperConnect: key.string(
    'zookeeper.connect',
    null,
    'The ZooKeeper servers: host:port, separated by commas, with an optional /path at the end below which all of the cluster’s data is kept.',
    { importance: 'high' },
  ),
  zookeeperSessionTimeoutMs: key.int(
    'zookeeper.session.timeout.ms',
    '18000',
    'After this long without a word from the broker, ZooKeeper considers it gone.',
    { importance: 'high' },
  ),
  zookeeperConnectionTimeoutMs: key.int(
    'zookeeper.connection.timeout.ms',
    null,
    'How long the broker tries to reach ZooKeeper at its start. Without it, as long as zookeeper.session.timeout.ms.',
    { importance: 'high' },
  ),
  zookeeperSetAcl: key.boolean(
    'zookeeper.set.acl',
    'false',
    'Whether the broker protects its znodes. Needs authentication at ZooKeeper, which this broker does not have yet.',
    { importance: 'high', effect: 'not yet' },
  ),
  zookeeperMaxInFlightRequests: key.int(
    'zookeeper.max.in.flight.requests',
    '10',
    'How many requests to ZooKeeper may be under way in Apache Kafka. This broker sends what it has to ask at once; the value is accepted and shown.',
    { atLeast: 1, importance: 'high', effect: 'accepted' },
  ),
}
