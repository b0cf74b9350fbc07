import { key } from '../config-key.ts'

/** Keys of the SASL mechanism OAUTHBEARER, which this broker does not have yet. */
export const oauthKeys = {
  saslOauthbearerTokenEndpointUrl: key.string(
    'sasl.oauthbearer.token.endpoint.url',
    null,
    'Where tokens are fetched from.',
    { effect: 'not yet' },
  ),
  saslOauthbearerScopeClaimName: key.string(
    'sasl.oauthbearer.scope.claim.name',
    'scope',
    'The claim of a token that holds its scopes.',
    { importance: 'low', effect: 'not yet' },
  ),
  saslOauthbearerSubClaimName: key.string(
    'sasl.oauthbearer.sub.claim.name',
    'sub',
    'The claim of a token that holds the user’s name.',
    { importance: 'low', effect: 'not yet' },
  ),
  saslOauthbearerJwksEndpointUrl: key.string(
    'sasl.oauthbearer.jwks.endpoint.url',
    null,
    'Where the keys lie with which tokens are signed.',
    { effect: 'not yet' },
  ),
  saslOauthbearerJwksEndpointRefreshMs: key.long(
    'sasl.oauthbearer.jwks.endpoint.refresh.ms',
    '3600000',
    'How long those keys are kept before they are fetched anew.',
    { importance: 'low', effect: 'not yet' },
  ),
  saslOauthbearerJwksEndpointRetryBackoffMs: key.long(
    'sasl.oauthbearer.jwks.endpoint.retry.backoff.ms',
    '100',
    'The pause before those keys are asked for again, at first.',
    { importance: 'low', effect: 'not yet' },
  ),
  saslOauthbearerJwksEndpointRetryBackoffMaxMs: key.long(
    'sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms',
    '10000',
    'The longest pause before those keys are asked for again.',
    { importance: 'low', effect: 'not yet' },
  ),
  saslOauthbearerClockSkewSeconds: key.int(
    'sasl.oauthbearer.clock.skew.seconds',
    '30',
    'By how much the clocks of broker and provider may differ.',
    { importance: 'low', effect: 'not yet' },
  ),
  saslOauthbearerExpectedAudience: key.list(
    'sasl.oauthbearer.expected.audience',
    null,
    'The audiences for which a token may be; none for any.',
    { importance: 'low', effect: 'not yet' },
  ),
  saslOauthbearerExpectedIssuer: key.string(
    'sasl.oauthbearer.expected.issuer',
    null,
    'Who must have issued a token; none for anybody.',
    { importance: 'low', effect: 'not yet' },
  ),
}
