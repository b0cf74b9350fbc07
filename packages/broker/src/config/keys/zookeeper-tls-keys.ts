import { key } from '../config-key.ts'

/** Keys of TLS on the connection to ZooKeeper, which this broker does not have yet. */
export const zookeeperTlsKeys = {
  zookeeperClientCnxnSocket: key.string(
    'zookeeper.clientCnxnSocket',
    null,
    'The Java class of the connection to ZooKeeper; it has no counterpart here.',
    { effect: 'never' },
  ),
  zookeeperSslClientEnable: key.boolean(
    'zookeeper.ssl.client.enable',
    'false',
    'Whether ZooKeeper is reached by TLS.',
    { effect: 'not yet' },
  ),
  zookeeperSslKeystoreLocation: key.string(
    'zookeeper.ssl.keystore.location',
    null,
    'The file of the certificate that ZooKeeper is shown.',
    { effect: 'not yet' },
  ),
  zookeeperSslKeystorePassword: key.password('zookeeper.ssl.keystore.password', null, 'The password that opens it.', {
    effect: 'not yet',
  }),
  zookeeperSslKeystoreType: key.string(
    'zookeeper.ssl.keystore.type',
    null,
    'Its format; without it, told from the file’s name.',
    { effect: 'not yet' },
  ),
  zookeeperSslTruststoreLocation: key.string(
    'zookeeper.ssl.truststore.location',
    null,
    'The file of certificates that ZooKeeper’s is checked against.',
    { effect: 'not yet' },
  ),
  zookeeperSslTruststorePassword: key.password(
    'zookeeper.ssl.truststore.password',
    null,
    'The password that opens it.',
    { effect: 'not yet' },
  ),
  zookeeperSslTruststoreType: key.string(
    'zookeeper.ssl.truststore.type',
    null,
    'Its format; without it, told from the file’s name.',
    { effect: 'not yet' },
  ),
  zookeeperSslProtocol: key.string('zookeeper.ssl.protocol', 'TLSv1.2', 'The TLS version to speak with ZooKeeper.', {
    importance: 'low',
    effect: 'not yet',
  }),
  zookeeperSslEnabledProtocols: key.list(
    'zookeeper.ssl.enabled.protocols',
    null,
    'The TLS versions to choose from; without it, zookeeper.ssl.protocol alone.',
    { importance: 'low', effect: 'not yet' },
  ),
  zookeeperSslCipherSuites: key.list(
    'zookeeper.ssl.cipher.suites',
    null,
    'The cipher suites to choose from; without it, those that are usual.',
    { importance: 'low', effect: 'not yet' },
  ),
  zookeeperSslEndpointIdentificationAlgorithm: key.string(
    'zookeeper.ssl.endpoint.identification.algorithm',
    'HTTPS',
    'Whether the name in ZooKeeper’s certificate must be its host name: HTTPS for yes, empty for no.',
    { importance: 'low', effect: 'not yet' },
  ),
  zookeeperSslCrlEnable: key.boolean(
    'zookeeper.ssl.crl.enable',
    'false',
    'Whether lists of certificates that were called back are looked at.',
    { importance: 'low', effect: 'not yet' },
  ),
  zookeeperSslOcspEnable: key.boolean(
    'zookeeper.ssl.ocsp.enable',
    'false',
    'Whether it is asked online if a certificate was called back.',
    { importance: 'low', effect: 'not yet' },
  ),
}
