/** Kafka's tools that are none of ours, and what to do instead. */
export const toolsNotHere: Readonly<Record<string, string>> = {
  'connect-distributed': 'it runs Kafka Connect, which is not part of Odradek: use the one of Apache Kafka',
  'connect-mirror-maker': 'it runs MirrorMaker, which is not part of Odradek: use the one of Apache Kafka',
  'connect-plugin-path': 'it is for plugins of Kafka Connect, which is not part of Odradek',
  'connect-standalone': 'it runs Kafka Connect, which is not part of Odradek: use the one of Apache Kafka',
  'kafka-jmx': 'Odradek has no JMX: its metrics are at /metrics of --http-port',
  'kafka-metadata-shell': 'it reads the metadata of KRaft, which Odradek does not have: use odradek zk',
  'kafka-mirror-maker': 'it is not part of Odradek: use the one of Apache Kafka',
  'kafka-server-start': 'use odradek broker --config server.properties, or odradek up',
  'kafka-server-stop': 'send SIGTERM to the process',
  trogdor: 'it is not part of Odradek: use the one of Apache Kafka',
  'zookeeper-security-migration': 'use odradek zk acl',
  'zookeeper-server-start': 'use odradek zookeeper --config zoo.cfg',
  'zookeeper-server-stop': 'send SIGTERM to the process',
  'zookeeper-shell': 'use odradek zk',
}
