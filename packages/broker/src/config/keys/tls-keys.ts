import { key } from '../config-key.ts'

/** Keys of TLS on listeners, which this broker does not have yet. Kafka takes them per listener too: listener.name.NAME.KEY. */
export const tlsKeys = {
  sslProtocol: key.string(
    'ssl.protocol',
    'TLSv1.3',
    'The TLS version to speak by default. Java’s name of it, such as TLSv1.3.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  sslEnabledProtocols: key.list(
    'ssl.enabled.protocols',
    'TLSv1.2,TLSv1.3',
    'The TLS versions that a listener accepts.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  sslProvider: key.string(
    'ssl.provider',
    null,
    'The Java security provider that TLS comes from; there is none to choose here.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  sslCipherSuites: key.list(
    'ssl.cipher.suites',
    '',
    'The cipher suites that a listener accepts; empty for those that are usual.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  sslKeystoreType: key.string(
    'ssl.keystore.type',
    'JKS',
    'The format of the store that holds the broker’s certificate: JKS, PKCS12 or PEM.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  sslKeystoreLocation: key.string(
    'ssl.keystore.location',
    null,
    'The file that holds the broker’s certificate and key.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  sslKeystorePassword: key.password('ssl.keystore.password', null, 'The password that opens ssl.keystore.location.', {
    scope: 'per-broker',
    effect: 'not yet',
  }),
  sslKeystoreKey: key.password(
    'ssl.keystore.key',
    null,
    'The broker’s private key itself, in PEM, instead of a file.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  sslKeystoreCertificateChain: key.password(
    'ssl.keystore.certificate.chain',
    null,
    'The broker’s certificate and those above it, in PEM, instead of a file.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  sslKeyPassword: key.password('ssl.key.password', null, 'The password of the private key inside the key store.', {
    scope: 'per-broker',
    effect: 'not yet',
  }),
  sslTruststoreType: key.string(
    'ssl.truststore.type',
    'JKS',
    'The format of the store of certificates that are trusted: JKS, PKCS12 or PEM.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  sslTruststoreLocation: key.string('ssl.truststore.location', null, 'The file of certificates that are trusted.', {
    scope: 'per-broker',
    effect: 'not yet',
  }),
  sslTruststorePassword: key.password(
    'ssl.truststore.password',
    null,
    'The password that opens ssl.truststore.location.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  sslTruststoreCertificates: key.password(
    'ssl.truststore.certificates',
    null,
    'The certificates that are trusted, in PEM, instead of a file.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  sslKeymanagerAlgorithm: key.string(
    'ssl.keymanager.algorithm',
    'SunX509',
    'How Java picks the certificate to show; it has no counterpart here.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  sslTrustmanagerAlgorithm: key.string(
    'ssl.trustmanager.algorithm',
    'PKIX',
    'How Java checks chains of certificates; it has no counterpart here.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  sslEndpointIdentificationAlgorithm: key.string(
    'ssl.endpoint.identification.algorithm',
    'https',
    'Whether the name in the other side’s certificate must be its host name: https for yes, empty for no.',
    { importance: 'low', scope: 'per-broker', effect: 'not yet' },
  ),
  sslSecureRandomImplementation: key.string(
    'ssl.secure.random.implementation',
    null,
    'Java’s source of random numbers for TLS; it has no counterpart here.',
    { importance: 'low', scope: 'per-broker', effect: 'not yet' },
  ),
  sslClientAuth: key.string(
    'ssl.client.auth',
    'none',
    'Whether clients show a certificate: required, requested, or none.',
    { oneOf: ['required', 'requested', 'none'], scope: 'per-broker', effect: 'not yet' },
  ),
  sslEngineFactoryClass: key.class(
    'ssl.engine.factory.class',
    null,
    'A Java class that makes TLS engines; it has no counterpart here.',
    { importance: 'low', scope: 'per-broker', effect: 'not yet' },
  ),
  sslPrincipalMappingRules: key.string(
    'ssl.principal.mapping.rules',
    'DEFAULT',
    'How the subject of a client’s certificate becomes a user name.',
    { importance: 'low', effect: 'not yet' },
  ),
  sslAllowDnChanges: key.boolean(
    'ssl.allow.dn.changes',
    'false',
    'Whether a new certificate may be for another subject than the one before it.',
    { importance: 'low', effect: 'not yet' },
  ),
  sslAllowSanChanges: key.boolean(
    'ssl.allow.san.changes',
    'false',
    'Whether a new certificate may be for other host names than the one before it.',
    { importance: 'low', effect: 'not yet' },
  ),
}
