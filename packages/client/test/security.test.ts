import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import { Producer } from '../src/index.ts'
import { parseConfig } from '../src/config/parse-config.ts'
import { commonKeys } from '../src/config/common-keys.ts'
import { oauthbearerMechanism } from '../src/security/oauthbearer.ts'
import { oidcToken } from '../src/security/oidc-token.ts'
import { ScramExchange } from '../src/security/scram.ts'

const serverNonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
const serverFirst = `r=${serverNonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`

test('SCRAM-SHA-256 says what RFC 7677 has as its example', () => {
  const exchange = new ScramExchange('sha256', 'user', 'pencil', 'rOprNGfwEbeRWgbNEkqO')
  assert.equal(exchange.begin().toString(), 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO')
  const final = exchange.answer(Buffer.from(serverFirst))
  assert.equal(final?.toString(), `c=biws,r=${serverNonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`)
  assert.equal(exchange.answer(Buffer.from('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')), undefined)
})

test('SCRAM says of a delegation token that it is one', () => {
  const exchange = new ScramExchange('sha256', 'token-1', 'hmac', 'abc', true)
  assert.equal(exchange.begin().toString(), 'n,,n=token-1,r=abc,tokenauth=true')
})

test('SCRAM does not believe a broker that answers wrongly', () => {
  const start = () => new ScramExchange('sha256', 'us=er,', 'pencil', 'abc')
  assert.equal(start().begin().toString(), 'n,,n=us=3Der=2C,r=abc')
  for (const first of [
    '',
    'r=abc,s=QQ==,i=4096',
    'r=other,s=QQ==,i=4096',
    'r=abcd,s=QQ==,i=1',
    'r=abcd,s=QQ==,i=999999999',
  ]) {
    assert.throws(() => start().answer(Buffer.from(first)), { code: 'AUTHENTICATION_FAILED' }, first)
  }
  const exchange = start()
  exchange.answer(Buffer.from('r=abcd,s=QQ==,i=4096'))
  assert.throws(() => exchange.answer(Buffer.from('v=QQ==')), { message: /does not know the password/ })
})

test('OAUTHBEARER uses a token until it is nearly over', async () => {
  const simulation = new Simulation({ seed: 'oauth' })
  const { clock } = simulation.machine('client').env
  let count = 0
  const mechanism = oauthbearerMechanism(clock, () =>
    Promise.resolve({ value: `token-${++count}`, expiresAtMs: clock.wallMs() + 10_000, extensions: { a: 'b' } }),
  )
  const first = async (): Promise<string> => (await mechanism.start()).begin().toString()
  assert.equal(await first(), 'n,,\u0001auth=Bearer token-1\u0001a=b\u0001\u0001')
  await simulation.run(5000)
  assert.match(await first(), /token-1/)
  await simulation.run(4000)
  assert.match(await first(), /token-2/)
})

test('client credentials bring a token, and a refusal says which endpoint refused', async () => {
  const config = parseConfig(commonKeys, {
    'sasl.oauthbearer.token.endpoint.url': 'https://login/token',
    'sasl.oauthbearer.client.credentials.client.id': 'me',
    'sasl.oauthbearer.client.credentials.client.secret': 's3cret',
    'sasl.oauthbearer.scope': 'kafka',
  })
  const asked: [string, RequestInit][] = []
  const token = await oidcToken(
    config,
    (url, init) => {
      asked.push([url, init])
      return Promise.resolve(Response.json({ access_token: 't', expires_in: 60 }))
    },
    1000,
  )
  assert.deepEqual(token, { value: 't', expiresAtMs: 61_000 })
  assert.equal(asked[0]?.[0], 'https://login/token')
  assert.equal(asked[0]?.[1].body, 'grant_type=client_credentials&scope=kafka')
  const refuse = oidcToken(config, () => Promise.resolve(new Response('no', { status: 401 })), 0)
  await assert.rejects(refuse, {
    code: 'AUTHENTICATION_FAILED',
    message: /login\/token gave no access_token: status 401/,
  })
})

test('what cannot be spoken is refused with the next step, and secrets are not shown', () => {
  const { env } = new Simulation({ seed: 'security' }).machine('client')
  const make = (given: object) => () =>
    new Producer(env, { 'bootstrap.servers': 'a:1', 'security.protocol': 'SASL_PLAINTEXT', ...given })
  assert.throws(make({}), { code: 'INVALID_CONFIG', message: /Kerberos.*set sasl.mechanism to PLAIN/ })
  assert.throws(make({ 'sasl.mechanism': 'PLAIN' }), { message: /sasl.username and sasl.password/ })
  assert.throws(make({ 'sasl.mechanism': 'OAUTHBEARER' }), { message: /sasl.login.callback.handler/ })
  assert.throws(make({ 'security.protocol': 'SSL', 'ssl.truststore.location': '/none.pem' }), {
    message: /ssl.truststore.location: .*none.pem/,
  })
  assert.throws(make({ 'security.protocol': 'SSL', 'ssl.keystore.key': 'k3y' }), { message: /need each other/ })
  const jaas = make({ 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': 'Plain required password="s3cret' })
  assert.throws(jaas, (error: Error) => /cannot be read/.test(error.message) && !error.message.includes('s3cret'))
})
