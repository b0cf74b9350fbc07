import { key } from '../config-key.ts'

/** Keys of principals, delegation tokens, passwords that are set dynamically, and policies. */
export const securityKeys = {
  principalBuilderClass: key.class(
    'principal.builder.class',
    'org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder',
    'The Java class that says who is at the other end of a connection. This broker says ANONYMOUS of everybody.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  securityProviders: key.string(
    'security.providers',
    null,
    'Java classes that bring security algorithms; they have no counterpart here.',
    { importance: 'low', effect: 'not yet' },
  ),
  connectionsMaxReauthMs: key.long(
    'connections.max.reauth.ms',
    '0',
    'How long an authenticated connection may go on before it has to authenticate again; 0 for ever.',
    { effect: 'not yet' },
  ),
  delegationTokenSecretKey: key.password(
    'delegation.token.secret.key',
    null,
    'The secret that delegation tokens are made and checked with. Without it there are none, and here there are none yet.',
    { effect: 'not yet' },
  ),
  delegationTokenMasterKey: key.password(
    'delegation.token.master.key',
    null,
    'The old name of delegation.token.secret.key.',
    { effect: 'not yet' },
  ),
  delegationTokenMaxLifetimeMs: key.long(
    'delegation.token.max.lifetime.ms',
    '604800000',
    'After this time a delegation token can no longer be renewed.',
    { atLeast: 1, effect: 'not yet' },
  ),
  delegationTokenExpiryTimeMs: key.long(
    'delegation.token.expiry.time.ms',
    '86400000',
    'After this time a delegation token that was not renewed is no longer valid.',
    { atLeast: 1, effect: 'not yet' },
  ),
  delegationTokenExpiryCheckIntervalMs: key.long(
    'delegation.token.expiry.check.interval.ms',
    '3600000',
    'How often delegation tokens that are over are taken away.',
    { atLeast: 1, importance: 'low', effect: 'not yet' },
  ),
  passwordEncoderSecret: key.password(
    'password.encoder.secret',
    null,
    'The secret that passwords which are set dynamically are encrypted with in ZooKeeper. Without it none can be set, and here none can be set yet.',
    { effect: 'not yet' },
  ),
  passwordEncoderOldSecret: key.password(
    'password.encoder.old.secret',
    null,
    'The secret before password.encoder.secret, when it has just been changed.',
    { effect: 'not yet' },
  ),
  passwordEncoderKeyfactoryAlgorithm: key.string(
    'password.encoder.keyfactory.algorithm',
    null,
    'How a key is made from password.encoder.secret; without it, PBKDF2WithHmacSHA512.',
    { importance: 'low', effect: 'not yet' },
  ),
  passwordEncoderCipherAlgorithm: key.string(
    'password.encoder.cipher.algorithm',
    'AES/CBC/PKCS5Padding',
    'The cipher that those passwords are encrypted with.',
    { importance: 'low', effect: 'not yet' },
  ),
  passwordEncoderKeyLength: key.int('password.encoder.key.length', '128', 'The length of that cipher’s key, in bits.', {
    atLeast: 8,
    importance: 'low',
    effect: 'not yet',
  }),
  passwordEncoderIterations: key.int('password.encoder.iterations', '4096', 'The rounds in which that key is made.', {
    atLeast: 1024,
    importance: 'low',
    effect: 'not yet',
  }),
  createTopicPolicyClassName: key.class(
    'create.topic.policy.class.name',
    null,
    'A Java class that may refuse new topics. This broker loads no Java classes.',
    { importance: 'low', effect: 'never' },
  ),
  clientQuotaCallbackClass: key.class(
    'client.quota.callback.class',
    null,
    'A Java class that says which quota holds for a client. This broker loads no Java classes.',
    { importance: 'low', effect: 'never' },
  ),
  alterConfigPolicyClassName: key.class(
    'alter.config.policy.class.name',
    null,
    'A Java class that may refuse changes of configurations. This broker loads no Java classes.',
    { importance: 'low', effect: 'never' },
  ),
}
