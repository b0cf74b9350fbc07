/** Keys of server.properties of a broker as it was when the trees of judges/fixtures/znodes-kafka-3.9.json.gz were recorded. */
export function recordedProperties(brokerId: number, port: number, saslPort: number): Record<string, string> {
  const scram = 'listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config'
  return {
    'broker.id': String(brokerId),
    listeners: `PLAINTEXT://127.0.0.1:${port},SASL_PLAINTEXT://127.0.0.1:${saslPort}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-256',
    [scram]: 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'broker.rack': `r${brokerId}`,
    'authorizer.class.name': 'kafka.security.authorizer.AclAuthorizer',
    'super.users': 'User:ANONYMOUS',
    'delegation.token.secret.key': 'a-secret-for-tokens',
    'offsets.topic.num.partitions': '2',
    'transaction.state.log.num.partitions': '2',
  }
}
