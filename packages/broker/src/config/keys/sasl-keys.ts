import { key } from '../config-key.ts'

/** Keys of SASL and Kerberos on listeners, which this broker does not have yet. */
export const saslKeys = {
  saslEnabledMechanisms: key.list(
    'sasl.enabled.mechanisms',
    'GSSAPI',
    'The mechanisms that a listener lets clients authenticate with.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  saslMechanismInterBrokerProtocol: key.string(
    'sasl.mechanism.inter.broker.protocol',
    'GSSAPI',
    'The mechanism with which brokers authenticate at each other.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  saslJaasConfig: key.password(
    'sasl.jaas.config',
    null,
    'Login module and credentials, in the syntax of JAAS. Set per listener and mechanism.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  saslServerCallbackHandlerClass: key.class(
    'sasl.server.callback.handler.class',
    null,
    'A Java class that checks credentials; it has no counterpart here.',
    { effect: 'not yet' },
  ),
  saslClientCallbackHandlerClass: key.class(
    'sasl.client.callback.handler.class',
    null,
    'A Java class that supplies a client’s credentials; it has no counterpart here.',
    { effect: 'not yet' },
  ),
  saslLoginCallbackHandlerClass: key.class(
    'sasl.login.callback.handler.class',
    null,
    'A Java class that takes part in logging in; it has no counterpart here.',
    { effect: 'not yet' },
  ),
  saslLoginClass: key.class('sasl.login.class', null, 'A Java class that logs in; it has no counterpart here.', {
    effect: 'not yet',
  }),
  saslServerMaxReceiveSize: key.int(
    'sasl.server.max.receive.size',
    '524288',
    'The largest message, in bytes, that is read from a client that has not authenticated.',
    { effect: 'not yet' },
  ),
  saslKerberosServiceName: key.string(
    'sasl.kerberos.service.name',
    null,
    'The Kerberos name under which brokers run.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  saslKerberosKinitCmd: key.string('sasl.kerberos.kinit.cmd', '/usr/bin/kinit', 'The path of the kinit command.', {
    scope: 'per-broker',
    effect: 'not yet',
  }),
  saslKerberosTicketRenewWindowFactor: key.double(
    'sasl.kerberos.ticket.renew.window.factor',
    '0.8',
    'The part of a ticket’s life after which it is renewed.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  saslKerberosTicketRenewJitter: key.double(
    'sasl.kerberos.ticket.renew.jitter',
    '0.05',
    'The part of the renewal time that is left to chance.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  saslKerberosMinTimeBeforeRelogin: key.long(
    'sasl.kerberos.min.time.before.relogin',
    '60000',
    'The least time between two renewals of a ticket, in milliseconds.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  saslKerberosPrincipalToLocalRules: key.list(
    'sasl.kerberos.principal.to.local.rules',
    'DEFAULT',
    'How a Kerberos name becomes a user name; the first rule that fits counts.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  saslLoginRefreshWindowFactor: key.double(
    'sasl.login.refresh.window.factor',
    '0.8',
    'The part of a token’s life after which a new one is fetched.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  saslLoginRefreshWindowJitter: key.double(
    'sasl.login.refresh.window.jitter',
    '0.05',
    'The part of that time that is left to chance.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  saslLoginRefreshMinPeriodSeconds: key.short(
    'sasl.login.refresh.min.period.seconds',
    '60',
    'The least time between two fetches of a token.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  saslLoginRefreshBufferSeconds: key.short(
    'sasl.login.refresh.buffer.seconds',
    '300',
    'How long before its end a token must have been replaced.',
    { scope: 'per-broker', effect: 'not yet' },
  ),
  saslLoginConnectTimeoutMs: key.int(
    'sasl.login.connect.timeout.ms',
    null,
    'How long connecting to the provider of tokens may take.',
    { importance: 'low', effect: 'not yet' },
  ),
  saslLoginReadTimeoutMs: key.int(
    'sasl.login.read.timeout.ms',
    null,
    'How long the provider of tokens may take to answer.',
    { importance: 'low', effect: 'not yet' },
  ),
  saslLoginRetryBackoffMs: key.long(
    'sasl.login.retry.backoff.ms',
    '100',
    'The pause before the provider of tokens is asked again, at first.',
    { importance: 'low', effect: 'not yet' },
  ),
  saslLoginRetryBackoffMaxMs: key.long(
    'sasl.login.retry.backoff.max.ms',
    '10000',
    'The longest pause before the provider of tokens is asked again.',
    { importance: 'low', effect: 'not yet' },
  ),
}
