import { key } from './config-key.ts'

/** An access token of OAUTHBEARER (KIP-255). */
export interface OauthToken {
  /** The token, as the broker gets it: a JWS in compact form. */
  readonly value: string
  /** Until when it may be used, in wall milliseconds since 1970. */
  readonly expiresAtMs: number
  /** Sent along with the token (RFC 7628), for instance `logicalCluster`. */
  readonly extensions?: Readonly<Record<string, string>>
}

/** Whom the client trusts, and how it says who it is. */
export const securityKeys = {
  'security.protocol': key.oneOf(
    ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'],
    'PLAINTEXT',
    'What is spoken on connections: with or without TLS, with or without SASL.',
  ),
  'ssl.truststore.certificates': key.string(
    undefined,
    'Certificates in PEM of those whose signature is believed. Default: those that the system trusts.',
  ),
  'ssl.truststore.location': key.string(
    undefined,
    'A PEM file with the certificates of those whose signature is believed.',
  ),
  'ssl.truststore.type': key.oneOf(['PEM'], 'PEM', 'The format of the trust store.'),
  'ssl.keystore.certificate.chain': key.string(
    undefined,
    "This client's certificate in PEM, with those that lead to one that the brokers trust.",
  ),
  'ssl.keystore.key': key.password("The private key, in PEM, of this client's certificate."),
  'ssl.keystore.location': key.string(undefined, 'A file with certificate and private key of this client.'),
  'ssl.keystore.type': key.oneOf(['PEM', 'PKCS12'], 'PEM', 'The format of the key store.'),
  'ssl.keystore.password': key.password('The password of a PKCS12 key store.'),
  'ssl.key.password': key.password('The password of a PEM private key that is encrypted.'),
  'ssl.endpoint.identification.algorithm': key.oneOf(
    ['https', ''],
    'https',
    "https: a broker's certificate must be for the host that was asked for. Empty: any certificate that is believed will do.",
  ),
  'sasl.mechanism': key.oneOf(
    ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER', 'GSSAPI'],
    'GSSAPI',
    'How this client says who it is.',
  ),
  'sasl.jaas.config': key.password(
    'The login module with its options, as Kafka writes it: org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";',
  ),
  'sasl.username': key.string(undefined, 'The user of PLAIN and SCRAM, instead of sasl.jaas.config.'),
  'sasl.password': key.password('The password of PLAIN and SCRAM, instead of sasl.jaas.config.'),
  'sasl.login.callback.handler': key.code<(() => Promise<OauthToken>) | undefined>(
    undefined,
    'A function that brings a token for OAUTHBEARER.',
  ),
  'sasl.oauthbearer.token.endpoint.url': key.string(
    undefined,
    'Where OAUTHBEARER gets its token from by client credentials (OIDC).',
  ),
  'sasl.oauthbearer.client.credentials.client.id': key.string(undefined, 'The client id of the client credentials.'),
  'sasl.oauthbearer.client.credentials.client.secret': key.password('The secret of the client credentials.'),
  'sasl.oauthbearer.scope': key.string(undefined, 'The scope to ask a token for.'),
}
